package networking

import (
	"crypto/tls"
	"crypto/x509"
	"sync"
)

// A certificate authority, and the certificate (P-256, for localhost and 127.0.0.1) with
// its key that it has issued for the servers of the benchmarks; valid from 2020 to 2119.
// They protect nothing. They are fixed so that every process does the same work and none
// has to make keys.
const (
	authorityPEM = `-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDEwxCZW5jaG1h
cmsgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
BAMTDEJlbmNobWFyayBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDQylXgh
iDeP0hF0uioICuIllwxUYy5GVYCKkpqGjLV+FqzuLiydEiVfL0AN/n7oMu0xDncn
ZGmjsmUmRNx07CajQjBAMA4GA1UdDwEB/wQEAwICBDAPBgNVHRMBAf8EBTADAQH/
MB0GA1UdDgQWBBSTGWKHuyxlJ1uLXPviUBpOTLqZADAKBggqhkjOPQQDAgNIADBF
AiBIvCsVqpplK8y42y0r8dNH3rl3eukZ7+1G3i9e5cIcFgIhAMqAHl/HShjvqufF
WJrRMw9Ug0w1CA2jdvamgV4bcWk/
-----END CERTIFICATE-----
`
	certificatePEM = `-----BEGIN CERTIFICATE-----
MIIBjTCCATSgAwIBAgIBAjAKBggqhkjOPQQDAjAXMRUwEwYDVQQDEwxCZW5jaG1h
cmsgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNV
BAMTCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEsfl+sFaK+p
fuXl1g9m4wdmB29e5WT5D01aCYczriYLWe9CV2xSlgeokvAUwNObhRAEYb3IEa2m
As5Ga6rTkgSjcjBwMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcD
ATAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFJMZYoe7LGUnW4tc++JQGk5MupkA
MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNHADBEAiBG
7sWsDpQrg/400r1VA+8ignrYRodU06zACJ7MoMRg6AIgC4TQGjWRuDSGk+rbLxm0
ou86I0gSHeo+YS0qub1n1DA=
-----END CERTIFICATE-----
`
	keyPEM = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJH39RPmoINfXr8R68F/WL4nLsJ3Fcv2oH1f8T9TR3zvoAoGCCqGSM49
AwEHoUQDQgAESx+X6wVor6l+5eXWD2bjB2YHb17lZPkPTVoJhzOuJgtZ70JXbFKW
B6iS8BTA05uFEARhvcgRraYCzkZrqtOSBA==
-----END EC PRIVATE KEY-----
`
)

// identity is the parsed form of the constants above.
var identity = sync.OnceValue(func() (id struct {
	certificate tls.Certificate
	authorities *x509.CertPool
}) {
	var err error
	if id.certificate, err = tls.X509KeyPair([]byte(certificatePEM), []byte(keyPEM)); err != nil {
		panic(err)
	}
	id.authorities = x509.NewCertPool()
	if !id.authorities.AppendCertsFromPEM([]byte(authorityPEM)) {
		panic("the certificate of the authority does not parse")
	}
	return id
})

// serverTLS returns a new configuration of a server that never resumes a session.
func serverTLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{identity().certificate}, SessionTicketsDisabled: true}
}

// clientTLS returns a new configuration of a client that trusts the server and, as it
// has no session cache, never resumes a session.
func clientTLS() *tls.Config {
	return &tls.Config{RootCAs: identity().authorities, ServerName: "localhost"}
}
