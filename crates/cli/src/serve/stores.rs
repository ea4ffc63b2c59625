//! The stores of a served Region, and its first start: migrations, the first control record, the ledger's epoch.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fence::{Author, ControlStore as _, LedgerEpoch, RegionName};
use region::initialize;
use stores::{
    Cause, EmbeddedSettings, EmbeddedStore, PgLedger, PgSettings, Raised, StoreError, UrlFault,
};

use crate::args::ServeArgs;
use crate::failure::with_hint;
use crate::serve::clock;

/// What the first start waits for, and every later one confirms.
#[derive(Debug, thiserror::Error)]
enum NotRaised {
    #[error("the ledger refused it")]
    Store(#[source] StoreError),
    #[error(
        "the ledger is in epoch {0} already: it is another system's, or this folder is a new one"
    )]
    Passed(payments::Epoch),
}

/// The folder of everything that a served Region keeps.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes it where it is not there.
    pub(crate) fn make(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot make `{}`", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The embedded store: intents, control record, and the ledger unless that is elsewhere.
    pub(crate) fn store(&self) -> anyhow::Result<EmbeddedStore> {
        let path = self.path("store.redb");
        EmbeddedStore::open(&path, EmbeddedSettings::new(clock)).map_err(|error| {
            let hint = what_to_do(&error);
            let error =
                anyhow::Error::new(error).context(format!("cannot open `{}`", path.display()));
            with_hint(format!("{error:#}"), hint)
        })
    }
}

fn what_to_do(error: &StoreError) -> &'static str {
    match error {
        StoreError::Damaged(_) => "restore it from a copy, or choose another folder with `--data`",
        StoreError::Newer { .. } => "use the version of tideover that made it, or a newer one",
        _ => {
            "if another `tideover serve` uses this folder, end it, or choose another with `--data`"
        }
    }
}

/// The ledger in PostgreSQL, if it is kept there. Nothing is connected yet.
pub(crate) fn postgres(args: &ServeArgs) -> anyhow::Result<Option<PgLedger>> {
    let Some(url) = postgres_url(args)? else { return Ok(None) };
    let settings = PgSettings::from_url(&url, read_roots).map_err(|fault| wrong_url(&fault))?;
    Ok(Some(PgLedger::new(&settings).context("cannot use the PostgreSQL settings")?))
}

/// Brings the ledger's schema up to date.
pub(crate) async fn migrate(ledger: &PgLedger) -> anyhow::Result<()> {
    ledger.migrate().await.map_err(|error| {
        let error =
            anyhow::Error::new(error).context("cannot bring the PostgreSQL schema up to date");
        with_hint(
            format!("{error:#}"),
            "check that the server runs and the URL is right, with `psql URL`",
        )
    })
}

/// The URL that was typed, or else that of the environment.
fn postgres_url(args: &ServeArgs) -> anyhow::Result<Option<String>> {
    match &args.postgres {
        Some(url) if holds_password(url) => Err(with_hint(
            "a password must not be typed: everybody on the machine can read arguments",
            "put the URL into the environment variable TIDEOVER_POSTGRES_URL instead of `--postgres`",
        )),
        Some(url) => Ok(Some(url.clone())),
        None => Ok(std::env::var("TIDEOVER_POSTGRES_URL").ok().filter(|url| !url.is_empty())),
    }
}

/// Whether a password stands before the host, or among the options.
fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':')) || rest.contains("password=")
}

fn read_roots(path: &str) -> Result<String, Cause> {
    fs::read_to_string(path).map_err(Into::into)
}

fn wrong_url(fault: &UrlFault) -> anyhow::Error {
    with_hint(
        format!("the PostgreSQL URL is wrong: {fault}"),
        "write it as `postgresql://user@host:5432/database`, the password in TIDEOVER_POSTGRES_URL only",
    )
}

/// Refuses a ledger that was taken into use from another folder: the intents and the control record are there, and with
/// new ones its payments could be taken once more.
pub(crate) async fn check_folder(
    control: &EmbeddedStore,
    ledger: &impl LedgerEpoch,
) -> anyhow::Result<()> {
    let record = control.read_record().await.context("cannot read the control record")?;
    let is_used = ledger.read_epoch().await.epoch.is_some_and(|epoch| epoch.number() > 0);
    if record.is_none() && is_used {
        return Err(with_hint(
            "the database belongs to another data folder",
            "choose that folder with `--data`, or give this one a database of its own",
        ));
    }
    Ok(())
}

/// Makes this Region the active one of a system of one, on the first start.
pub(crate) async fn begin(
    control: &EmbeddedStore,
    region: &RegionName,
    raise: impl AsyncFnOnce(payments::Epoch, &str) -> Result<Raised, StoreError>,
) -> anyhow::Result<()> {
    let by = Author::new("tideover serve");
    let raised = initialize(control, region, by, async |epoch| {
        match raise(payments::Epoch::new(epoch.number()), region.as_str()).await {
            Ok(Raised::Done) => Ok(()),
            Ok(Raised::Passed(epoch)) => Err(NotRaised::Passed(epoch)),
            Err(error) => Err(NotRaised::Store(error)),
        }
    });
    raised.await.context("the Region cannot begin")?;
    Ok(())
}
