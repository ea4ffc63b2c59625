//! What a server is told when it starts: its settings, who may connect, and whom it follows.

use std::net::SocketAddr;
use std::path::Path;

use super::cluster::ClusterSettings;
use super::home::Home;

/// Owns the ledger.
pub(super) const LEDGER_USER: &str = "payments";
/// The database of the ledger.
pub(super) const LEDGER_DATABASE: &str = "payments";
/// The database of a server on which there is no ledger yet.
pub(super) const FIRST_DATABASE: &str = "template1";
/// Copies the log, and what `pg_rewind` asks for.
pub(super) const REPLICATION_USER: &str = "replication";
/// Administers the server, over its socket.
pub(super) const SUPERUSER: &str = "postgres";
/// The slot of whoever follows: a writer keeps the log until its one standby has it.
pub(super) const SLOT: &str = "follower";
/// How much of the log a server keeps that nobody has asked for, on a disk that has the space.
const LOG_MB: u64 = 512;

/// The settings of a server that listens here.
///
/// `fsync` is off: what is written to files survives the end of every process, however it comes, and needs to survive
/// nothing worse here. What a commit waits for is otherwise as it is in earnest: the log is in the files of its own
/// server before it is answered, and its standby is sent it later.
pub(super) fn settings(home: &Home, cluster: &ClusterSettings) -> String {
    let (host, port) = (quoted(&cluster.address.ip().to_string()), cluster.address.port());
    let log_mb = cluster.disk_limit.map_or(LOG_MB, |bytes| LOG_MB.min((bytes >> 20) / 4));
    let checkpoint_mb = 2 * log_mb;
    let [access, socket, upstream] =
        [home.access(), home.socket(), home.upstream()].map(|path| path_quoted(&path));
    format!(
        "listen_addresses = {host}
port = {port}
hba_file = {access}
unix_socket_directories = {socket}
unix_socket_permissions = 0700
include_if_exists = {upstream}

max_connections = 100
shared_buffers = 32MB
fsync = off
synchronous_commit = on
restart_after_crash = off
password_encryption = scram-sha-256

# A checkpoint comes as a writer begins, and rarely after that; it is not stretched, because a writer can be rewound to
# only after its first.
max_wal_size = {checkpoint_mb}MB
checkpoint_timeout = 30min
checkpoint_completion_target = 0

# Both servers are writer and standby in turn. The log is kept long enough for an old writer to be rewound.
wal_level = replica
hot_standby = on
wal_keep_size = {log_mb}MB
max_wal_senders = 8
max_replication_slots = 8
wal_receiver_status_interval = 100ms
wal_retrieve_retry_interval = 100ms
wal_sender_timeout = 60s
wal_receiver_timeout = 60s
max_standby_streaming_delay = 100ms
max_standby_archive_delay = 100ms

log_line_prefix = '%m [%p] %q%u '
log_timezone = 'UTC'
timezone = 'UTC'
log_checkpoints = on
log_replication_commands = on
"
    )
}

/// Who may connect: administrators over the socket, whose folder lets nobody in but them, and everybody else by password.
pub(super) fn access() -> String {
    format!(
        "local all all trust
host {LEDGER_DATABASE} {LEDGER_USER},{REPLICATION_USER} 127.0.0.0/8 scram-sha-256
host replication {REPLICATION_USER} 127.0.0.0/8 scram-sha-256
host {LEDGER_DATABASE} {LEDGER_USER},{REPLICATION_USER} 10.77.0.0/16 scram-sha-256
host replication {REPLICATION_USER} 10.77.0.0/16 scram-sha-256
"
    )
}

/// Whom a standby follows.
pub(super) fn upstream(home: &Home, primary: SocketAddr) -> String {
    let connection = format!("{} application_name={SLOT}", connection(home, primary));
    format!("primary_conninfo = {}\nprimary_slot_name = '{SLOT}'\n", quoted(&connection))
}

/// How the programs of PostgreSQL reach another server. The password is in a file, because arguments are seen by
/// everybody on a machine.
pub(super) fn connection(home: &Home, primary: SocketAddr) -> String {
    let (host, port) = (primary.ip(), primary.port());
    let passwords = quoted(&home.passwords().display().to_string());
    format!(
        "host={host} port={port} user={REPLICATION_USER} dbname={LEDGER_DATABASE} passfile={passwords} sslmode=disable \
         connect_timeout=10"
    )
}

/// The file of passwords for [`connection`].
pub(super) fn passwords(password: &str) -> String {
    let password = password.replace('\\', r"\\").replace(':', r"\:");
    format!("*:*:*:{REPLICATION_USER}:{password}\n")
}

/// A text for SQL, the configuration and connection strings, none of which reads backslashes in these that have none.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn path_quoted(path: &Path) -> String {
    quoted(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Home, passwords, quoted, upstream};

    #[test]
    fn an_upstream_is_named_without_its_password() {
        let home = Home::new(Path::new("/tmp/a'b"));
        expect_test::expect![[r#"
            primary_conninfo = 'host=127.77.1.1 port=5000 user=replication dbname=payments passfile=''/tmp/a''''b/passwords'' sslmode=disable connect_timeout=10 application_name=follower'
            primary_slot_name = 'follower'
        "#]]
        .assert_eq(&upstream(&home, "127.77.1.1:5000".parse().unwrap()));
    }

    #[test]
    fn signs_that_mean_something_are_escaped() {
        assert_eq!(quoted("it's"), "'it''s'");
        assert_eq!(passwords(r"a:b\c"), "*:*:*:replication:a\\:b\\\\c\n");
    }
}
