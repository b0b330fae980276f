package store

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// TLS are the certificates for servers and for us, if the URL uses TLS.
type TLS struct {
	CAFile            string // of the CA of the servers' certificates; "" is the CAs that the machine trusts
	CertFile, KeyFile string // a client certificate
	ServerName        string // that the certificates are for; "" is the host by which a server is reached
}

// config returns the TLS configuration. Every server is verified by the name by which it is reached, also those that a
// Sentinel or a Cluster names; go-redis would verify all by the first host of the URL.
func (t TLS) config() (*tls.Config, error) {
	c := &tls.Config{ServerName: t.ServerName, MinVersion: tls.VersionTLS12}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("%w: GUESTFLOW_REDIS_CA_FILE cannot be read: %w", ErrMisconfigured, err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%w: GUESTFLOW_REDIS_CA_FILE %s holds no certificate in PEM", ErrMisconfigured,
				t.CAFile)
		}
	}
	if t.CertFile == "" && t.KeyFile == "" {
		return c, nil
	}
	if t.CertFile == "" || t.KeyFile == "" {
		return nil, fmt.Errorf("%w: GUESTFLOW_REDIS_CERT_FILE and GUESTFLOW_REDIS_KEY_FILE belong together, and one "+
			"is missing", ErrMisconfigured)
	}
	if _, err := t.certificate(nil); err != nil {
		return nil, err
	}
	c.GetClientCertificate = t.certificate
	return c, nil
}

// certificate reads the certificate for each connection: short-lived ones are replaced while we run.
func (t TLS) certificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("%w: GUESTFLOW_REDIS_CERT_FILE and GUESTFLOW_REDIS_KEY_FILE cannot be used: %w",
			ErrMisconfigured, err)
	}
	return &pair, nil
}
