// Package trust decides which TLS peers to believe, and says why one is not
// believed.
//
// A [Policy] is made of [Options]: the authorities to trust, the client's own
// certificate, pins, the server name, the TLS versions. Nothing set means what
// nearly everybody wants: TLS 1.2 and up, the system's roots, and where the
// system has none, those of Mozilla, compiled in.
//
//	policy, err := trust.New(trust.Options{CAFiles: []string{"company-ca.pem"}})
//	conn, err := policy.Client(ctx, tcpConn, "intranet.example.com", "http/1.1")
//
// A policy is immutable, and its sessions for resumption are its own, so that
// nothing learned under one setting is used under another. Who pools
// connections makes the pointer to the policy a part of the pool's key.
//
// # When a peer is not believed
//
// A failed handshake gives a [CertificateError], which tells the certificate of
// the chain and what is wrong with it, or a [HandshakeError] for all that is no
// matter of certificates. Each has a Remedy, and each unwraps to the error of
// the standard library. [Diagnose] makes them of errors met elsewhere, and
// [Inspect] goes through a chain certificate by certificate.
//
// # Own authorities and pins
//
// Named authorities replace the default roots, as curl --cacert does; set
// [Options.Roots] to [RootsSystem] or [RootsEmbedded] to add them instead.
//
// Pins narrow what is trusted: a certificate of the verified chain must match
// one. With verification off (InsecureSkipVerify) they take its place: the
// peer's own certificate must match one, which is how to talk to a single
// known server with a self-signed certificate.
//
// # Environment
//
// SSL_CERT_FILE and SSL_CERT_DIR name the roots on every system; a file that
// cannot be used is an error, not an empty list.
//
// Limitations:
//   - Revocation is not checked, except where the platform's verifier does so
//     (macOS, Windows). Encrypted Client Hello is there through Options.Config.
//   - Files are read once, by [New]: a renewed one needs a new policy.
//   - With TLS 1.3 a server refuses a client's certificate after the handshake:
//     the error is that of the first read, and is to be given to Diagnose.
//   - Missing intermediate certificates are named, not downloaded.
package trust
