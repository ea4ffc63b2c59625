//! A cluster that is made once and copied for each that is needed: with its users, the ledger's schema and the watch of
//! commits.

use std::path::{Path, PathBuf};

use stores::{PgLedger, PgSettings};

use super::admin::Admin;
use super::cluster::{Audience, Cluster, ClusterSettings};
use super::configuration::{
    FIRST_DATABASE, LEDGER_DATABASE, LEDGER_USER, REPLICATION_USER, SUPERUSER, quoted,
};
use super::error::ClusterError;
use super::files::remove;
use super::home::Home;
use super::programs::{Programs, run};
use super::server::StopMode;
use super::verifier::verifier;

/// What the other server may call, beside the log, so that `pg_rewind` can read what it needs.
const REWIND_FUNCTIONS: [&str; 4] = [
    "pg_ls_dir(text, boolean, boolean)",
    "pg_stat_file(text, boolean)",
    "pg_read_binary_file(text)",
    "pg_read_binary_file(text, bigint, bigint, boolean)",
];

/// A stopped cluster that others are copies of.
#[derive(Debug)]
pub struct Template {
    data: PathBuf,
}

impl Template {
    /// Makes one in this directory, in place of what was there. Every copy has this password for the ledger's owner and
    /// the follower.
    ///
    /// # Errors
    ///
    /// Those of PostgreSQL's programs and of the file system.
    pub async fn make(
        programs: &Programs,
        directory: &Path,
        password: &str,
    ) -> Result<Self, ClusterError> {
        let settings = ClusterSettings {
            directory: directory.to_owned(),
            // It does not listen there.
            address: ([127, 0, 0, 1], 5432).into(),
            name: "template".to_owned(),
            password: password.to_owned(),
            disk_limit: None,
            namespace: None,
        };
        let cluster = Cluster::new(programs, settings);
        cluster.prepare().await?;
        remove(&cluster.home.data())?;
        initialize(programs, &cluster.home).await?;
        cluster.start_for(Audience::Us).await?;
        make_users(&cluster).await?;
        make_ledger(&cluster).await?;
        cluster.stop(StopMode::Fast).await;
        Ok(Self { data: cluster.home.data() })
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }
}

/// With checksums, which a rewind needs; and with segments of the log that are small, because a promotion writes a whole
/// one.
async fn initialize(programs: &Programs, home: &Home) -> Result<(), ClusterError> {
    let mut command = programs.command("initdb");
    command.args(["-k", "--no-sync", "--wal-segsize=4", "-E", "UTF8", "--locale=C", "-A", "trust"]);
    command.args(["-U", SUPERUSER, "-D"]).arg(home.data());
    run(command).await.map(drop)
}

async fn make_users(cluster: &Cluster) -> Result<(), ClusterError> {
    let admin = cluster.admin(FIRST_DATABASE).await?;
    let password = quoted(&verifier(&cluster.settings.password));
    for (role, rights) in [(LEDGER_USER, "LOGIN"), (REPLICATION_USER, "LOGIN REPLICATION")] {
        let create = format!("CREATE ROLE {role} {rights} PASSWORD {password}");
        admin.run("make a role", &create).await?;
    }
    // Runs ask the writer how far its standby is behind.
    let grant = format!("GRANT pg_read_all_stats TO {LEDGER_USER}");
    admin.run("grant the sight of replication", &grant).await?;
    let create = format!("CREATE DATABASE {LEDGER_DATABASE} OWNER {LEDGER_USER}");
    admin.run("make the ledger's database", &create).await
}

async fn make_ledger(cluster: &Cluster) -> Result<(), ClusterError> {
    let socket = cluster.home.socket();
    let folder = socket.to_string_lossy();
    let port = cluster.settings.address.port();
    let settings = PgSettings::new(&folder, port, LEDGER_USER, LEDGER_DATABASE);
    let ledger = PgLedger::new(&settings).map_err(ClusterError::ledger("opened"))?;
    ledger.migrate().await.map_err(ClusterError::ledger("made"))?;
    ledger.close();
    let admin = cluster.admin(LEDGER_DATABASE).await?;
    for function in REWIND_FUNCTIONS {
        let grant = format!("GRANT EXECUTE ON FUNCTION {function} TO {REPLICATION_USER}");
        admin.run("grant a right", &grant).await?;
    }
    drop_others(&admin).await?;
    admin.run("become the ledger's owner", &format!("SET ROLE {LEDGER_USER}")).await?;
    admin.run("install the watch of commits", include_str!("watch.sql")).await
}

/// Nobody uses the databases that a server begins with, and each is as large as the ledger's.
async fn drop_others(admin: &Admin) -> Result<(), ClusterError> {
    let release = "UPDATE pg_database SET datistemplate = false";
    admin.run("release its first databases", release).await?;
    for database in ["template0", "template1", "postgres"] {
        admin.run("drop its first databases", &format!("DROP DATABASE {database}")).await?;
    }
    Ok(())
}
