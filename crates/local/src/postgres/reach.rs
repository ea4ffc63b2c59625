//! How the ledger of a cluster is reached by others than the supervisor.

use std::net::SocketAddr;
use std::sync::Arc;

use stores::{FixedPassword, Password, PgSettings};

use super::cluster::Cluster;
use super::configuration::{LEDGER_DATABASE, LEDGER_USER};

impl Cluster {
    /// How the ledger is reached at the server's own address, by its owner.
    #[must_use]
    pub fn settings(&self) -> PgSettings {
        self.settings_at(self.settings.address)
    }

    /// The same at another address, such as a link's.
    #[must_use]
    pub fn settings_at(&self, address: SocketAddr) -> PgSettings {
        let host = address.ip().to_string();
        let mut settings = PgSettings::new(&host, address.port(), LEDGER_USER, LEDGER_DATABASE);
        let password = Password::new(self.settings.password.as_str());
        settings.credentials = Arc::new(FixedPassword(password));
        settings
    }

    /// The URL of the ledger at this address. The password is in it: for environments, never for arguments.
    #[must_use]
    pub fn url_at(&self, address: SocketAddr) -> String {
        let password = url_text(&self.settings.password);
        format!("postgresql://{LEDGER_USER}:{password}@{address}/{LEDGER_DATABASE}?sslmode=disable")
    }

    /// The URL of the ledger at the server's own address.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_at(self.settings.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.settings.address
    }
}

/// A text in the place of a URL's password.
fn url_text(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    encoded.collect()
}
