//! Whether the server must prove who it is, and the connection is encrypted.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::Cause;

/// How a connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for sockets, and for servers on this machine.
    Off,
    /// By TLS. The server's certificate is for the host's name, and leads to one of the roots.
    Verified {
        /// The certificates of the authorities that are trusted, as PEM.
        roots: String,
    },
}

impl Tls {
    /// What makes connections secure; nothing when they are not to be.
    pub(super) fn connector(&self) -> Result<Option<MakeRustlsConnect>, Cause> {
        let Self::Verified { roots } = self else { return Ok(None) };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store(roots)?)
            .with_no_client_auth();
        Ok(Some(MakeRustlsConnect::new(config)))
    }
}

fn store(roots: &str) -> Result<RootCertStore, Cause> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(roots.as_bytes()) {
        store.add(certificate?)?;
    }
    if store.is_empty() {
        return Err("there is no certificate among the trusted ones".into());
    }
    Ok(store)
}
