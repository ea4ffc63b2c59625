//! Connections to a server that proves who it is, and with a password that changes.

use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use payments::{Epoch, Ledger as _, Read};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use stores::{
    Credentials, FixedPassword, Freshness, Password, PasswordAnswer, PgLedger, PgSettings,
    StoreError, Tls,
};

use crate::samples::payment_id;
use crate::server::Server;

/// An authority that makes certificates for servers.
struct Authority {
    roots: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let roots = params.self_signed(&key).unwrap().pem();
        Self { roots, issuer: Issuer::new(params, key) }
    }

    /// Puts a certificate for this host where a server looks for its own.
    fn certify(&self, host: &str, data: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        std::fs::write(data.join("server.crt"), certificate).unwrap();
        let file = data.join("server.key");
        std::fs::write(&file, key.serialize_pem()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn tls(&self) -> Tls {
        Tls::Verified { roots: self.roots.clone() }
    }
}

/// The password to begin with, and how it is written in a URL.
const FIRST: (&str, &str) = ("fi/r?s@t", "fi%2Fr%3Fs%40t");

/// A server that takes connections over TCP, with passwords only; and how to reach a database of it.
fn start(settings: &[&str], prepare: impl FnOnce(&Path)) -> (Server, PgSettings) {
    // Free a moment ago, and given to nobody else soon.
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let port_setting = format!("port={port}");
    let fixed = ["fsync=off", "listen_addresses=127.0.0.1", &port_setting];
    let server = Server::start_with(&[&fixed, settings].concat(), |data| {
        let access = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(data.join("pg_hba.conf"), access).unwrap();
        prepare(data);
    });
    let over_socket = server.database();
    let create = format!("CREATE ROLE app LOGIN PASSWORD '{}' SUPERUSER", FIRST.0);
    server.ask(&over_socket, &create);
    let mut settings = PgSettings::new("localhost", port, "app", &over_socket.database);
    settings.credentials = Arc::new(FixedPassword(Password::new(FIRST.0)));
    (server, settings)
}

/// Everything that an error says.
fn chain(error: &StoreError) -> String {
    let mut said = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        said = format!("{said}: {error}");
        next = error.source();
    }
    said
}

#[tokio::test]
async fn a_server_proves_who_it_is() {
    let (known, other) = (Authority::new(), Authority::new());
    let (server, plain) = start(&["ssl=on"], |data| known.certify("localhost", data));
    let (port, database) = (plain.port, &plain.database);
    let url = format!(
        "postgresql://app:{}@localhost:{port}/{database}?sslmode=verify-full&sslrootcert=roots",
        FIRST.1
    );
    let verified = PgSettings::from_url(&url, |_| Ok(known.roots.clone())).unwrap();
    let ledger = PgLedger::new(&verified).unwrap();
    ledger.migrate().await.unwrap();
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'tideover'";
    assert_eq!(server.ask(&plain, encrypted).trim(), "t");
    let rows = [
        (
            "an authority of the same name",
            PgSettings { tls: other.tls(), ..verified.clone() },
            "BadSignature",
        ),
        (
            "another name",
            PgSettings { host: "127.0.0.1".to_owned(), ..verified },
            "not valid for name",
        ),
    ];
    for (case, settings, reason) in rows {
        let refused = PgLedger::new(&settings).unwrap().migrate().await.unwrap_err();
        assert!(chain(&refused).contains(reason), "{case}: {}", chain(&refused));
    }
    let no_roots = PgSettings { tls: Tls::Verified { roots: String::new() }, ..plain };
    assert!(PgLedger::new(&no_roots).is_err());
}

#[tokio::test]
async fn a_server_without_proof_is_refused() {
    let (_server, plain) = start(&[], |_| {});
    PgLedger::new(&plain).unwrap().migrate().await.unwrap();
    let verified = PgSettings { tls: Authority::new().tls(), ..plain };
    let refused = PgLedger::new(&verified).unwrap().migrate().await.unwrap_err();
    assert!(chain(&refused).contains("does not support TLS"), "{}", chain(&refused));
}

/// Keeps a password that may be out of date, as a cache does.
#[derive(Default)]
struct Vault {
    current: Mutex<String>,
    cached: Mutex<String>,
    asked: Mutex<Vec<Freshness>>,
}

impl Vault {
    fn change(&self, password: &str) {
        password.clone_into(&mut self.current.lock().unwrap());
    }

    fn asked(&self) -> Vec<Freshness> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Credentials for Vault {
    fn password(&self, freshness: Freshness) -> PasswordAnswer<'_> {
        self.asked.lock().unwrap().push(freshness);
        let mut cached = self.cached.lock().unwrap();
        if freshness == Freshness::Fresh || cached.is_empty() {
            self.current.lock().unwrap().clone_into(&mut cached);
        }
        let answer = match cached.as_str() {
            "" => Err("the vault is closed".into()),
            password => Ok(Password::new(password)),
        };
        Box::pin(std::future::ready(answer))
    }
}

#[tokio::test]
async fn a_password_changes_without_a_restart() {
    let (server, settings) = start(&[], |_| {});
    let vault = Arc::new(Vault::default());
    let settings = PgSettings { credentials: vault.clone(), ..settings };
    let ledger = PgLedger::new(&settings).unwrap();
    let closed = ledger.migrate().await.unwrap_err();
    assert!(chain(&closed).contains("the vault is closed"), "{}", chain(&closed));
    vault.change(FIRST.0);
    ledger.migrate().await.unwrap();
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    assert_eq!(vault.asked(), [Freshness::Cached; 2], "once for each connection");
    server.ask(&settings, "ALTER ROLE app PASSWORD 'second'");
    vault.change("second");
    // One connection is open, and a second one is made because the first is busy.
    let (one, other) = tokio::join!(ledger.read(payment_id(1)), ledger.read(payment_id(1)));
    assert_eq!((one, other), (Read::Absent, Read::Absent));
    assert_eq!(vault.asked(), [Freshness::Cached, Freshness::Fresh]);
    server.ask(&settings, "ALTER ROLE app PASSWORD 'third'");
    let later = PgLedger::new(&settings).unwrap();
    let refused = later.current_epoch().await.unwrap_err();
    assert!(chain(&refused).contains("password authentication failed"), "{}", chain(&refused));
    assert_eq!(vault.asked(), [Freshness::Cached, Freshness::Fresh], "no more than twice");
    assert_eq!(ledger.read(payment_id(1)).await, Read::Absent, "open connections go on");
}
