package remote

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3Conn is a bucket of Amazon's store or of one that speaks its protocol, as Google's does.
type s3Conn struct {
	client *minio.Client
	bucket string
	prefix string // "" or ends with a slash
}

// tries of a request. The client waits in between, up to seconds; the callers of this package retry too.
const tries = 3

func (s *Source) dialS3(context.Context) (conn, error) {
	host, secure := "s3.amazonaws.com", true
	if s.scheme == "gs" {
		host = "storage.googleapis.com"
	}
	if raw := s.query.Get("endpoint"); raw != "" {
		u, err := url.Parse(raw)
		if err != nil {
			return nil, err
		}
		host, secure = u.Host, u.Scheme == "https"
	}
	region := s.query.Get("region")
	for _, variable := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if region == "" && s.scheme == "s3" {
			region = os.Getenv(variable)
		}
	}
	client, err := minio.New(host, &minio.Options{Creds: s.keys(), Secure: secure, Region: region, MaxRetries: tries})
	if err != nil {
		return nil, err
	}
	return &s3Conn{client: client, bucket: s.host, prefix: folder(s.path)}, nil
}

// keys are those of the options, or what AWS' own tools would find: environment, shared file, role of the host or
// container.
func (s *Source) keys() *credentials.Credentials {
	if s.options.ID != "" {
		return credentials.NewStaticV4(s.options.ID, s.options.Secret.Reveal(), "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Transport: http.DefaultTransport}},
	})
}

// folder is a prefix under which files lie.
func folder(p string) string {
	if p == "" {
		return ""
	}
	return p + "/"
}

func (b *s3Conn) list(ctx context.Context, _ string) ([]object, error) {
	ctx, cancel := context.WithCancel(ctx) // or the client's goroutine would wait for us after an error
	defer cancel()
	var objects []object
	for o := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix}) {
		if o.Err != nil {
			return nil, o.Err
		}
		if !strings.HasSuffix(o.Key, "/") { // a folder below, or the mark of one
			objects = append(objects, object{name: path.Base(o.Key), size: o.Size, modified: o.LastModified, version: o.ETag})
		}
	}
	return objects, nil
}

func (b *s3Conn) open(ctx context.Context, o object) (io.ReadCloser, error) {
	var options minio.GetObjectOptions
	if err := options.SetMatchETag(o.version); err != nil {
		return nil, err
	}
	return b.client.GetObject(ctx, b.bucket, b.prefix+o.name, options)
}

func (b *s3Conn) move(ctx context.Context, o object, to string) error {
	from := minio.CopySrcOptions{Bucket: b.bucket, Object: b.prefix + o.name, MatchETag: o.version}
	target := minio.CopyDestOptions{Bucket: b.bucket, Object: b.prefix + to}
	if _, err := b.client.CopyObject(ctx, target, from); err != nil {
		return err
	}
	return b.remove(ctx, o)
}

// remove checks that it is still the version that was taken: the protocol has no conditional deletion.
func (b *s3Conn) remove(ctx context.Context, o object) error {
	now, err := b.client.StatObject(ctx, b.bucket, b.prefix+o.name, minio.StatObjectOptions{})
	if err != nil {
		return err
	}
	if now.ETag != o.version {
		return errChanged
	}
	return b.client.RemoveObject(ctx, b.bucket, b.prefix+o.name, minio.RemoveObjectOptions{})
}

func (b *s3Conn) close() {}
