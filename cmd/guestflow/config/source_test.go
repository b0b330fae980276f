package config

import (
	"testing"
)

func TestAProfilesCredentialsGoToItsSourceOnly(t *testing.T) {
	t.Parallel()
	// what is asked for, and what is fetched with credentials; "" is without
	for source, addresses := range map[string]map[string]string{
		"s3://guests/2026?region=eu-west-1": {
			"s3://guests/list.csv":                           "s3://guests/list.csv?region=eu-west-1",
			"s3://guests/list.csv?region=eu-west-1":          "s3://guests/list.csv?region=eu-west-1",
			"s3://guests/list.csv?endpoint=https://evil.com": "",
			"s3://others/list.csv":                           "",
			"https://guests/list.csv":                        "",
		},
		"https://shop.example/export": {
			"https://shop.example/other?list=2": "https://shop.example/other?list=2",
			"https://shop.example:8443/export":  "",
			"http://shop.example/export":        "",
		},
		"sftp://ops@files.example/lists": {
			"sftp://ops@files.example/list.csv":  "sftp://ops@files.example/list.csv",
			"sftp://root@files.example/list.csv": "",
		},
		"": {"https://shop.example/export": ""},
	} {
		for address, want := range addresses {
			full, same := (Profile{Source: source}).Reaches(address)
			if same != (want != "") || same && full != want {
				t.Errorf("%s from %s: %q, %v", address, source, full, same)
			}
		}
	}
}
