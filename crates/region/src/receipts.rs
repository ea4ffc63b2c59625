//! Receipts in a folder or a bucket. One is written once and never over: the same bytes again are a success, others a
//! fault that people must see, and that no try again can mend.

use std::io;
use std::path::Path;
use std::sync::Arc;

use notify::Handed;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Location;
use object_store::{Error, GetOptions, ObjectStore, PutMode};
use payments::rfc3339;
use serde::Serialize;
use service::{Log, Source};
use tokio::time::timeout;

use crate::bucket::{BucketSettings, bucket};
use crate::http::{CALL_TIME_MAX, Trust};

/// The receipts.
#[derive(Clone)]
pub struct Receipts(Arc<Inner>);

struct Inner {
    store: Arc<dyn ObjectStore>,
    source: Source,
    log: Box<dyn Log>,
}

/// Why there is no place for receipts.
#[derive(Debug, thiserror::Error)]
pub enum NoReceipts {
    /// The folder.
    #[error("the folder of receipts cannot be made")]
    Folder(#[source] io::Error),
    /// The settings.
    #[error("the place of receipts cannot be used")]
    Place(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Receipts {
    /// Receipts in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn in_folder(
        folder: &Path,
        source: Source,
        log: impl Log + 'static,
    ) -> Result<Self, NoReceipts> {
        std::fs::create_dir_all(folder).map_err(NoReceipts::Folder)?;
        let store = LocalFileSystem::new_with_prefix(folder);
        let store = store.map_err(|error| NoReceipts::Place(error.into()))?.with_fsync(true);
        Ok(Self::new(Arc::new(store), source, log))
    }

    /// Receipts in this bucket of S3. `variable` gives the value of an environment variable: credentials are read from
    /// those that AWS sets, anew for each request.
    ///
    /// # Errors
    /// When the settings are none of a bucket.
    pub fn in_bucket(
        settings: &BucketSettings,
        trust: &Trust,
        variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        source: Source,
        log: impl Log + 'static,
    ) -> Result<Self, NoReceipts> {
        let store = bucket(settings, trust, variable);
        let store = store.map_err(|error| NoReceipts::Place(error.into()))?;
        Ok(Self::new(Arc::new(store), source, log))
    }

    fn new(store: Arc<dyn ObjectStore>, source: Source, log: impl Log + 'static) -> Self {
        Self(Arc::new(Inner { store, source, log: Box::new(log) }))
    }
}

impl notify::Receipts for Receipts {
    async fn put(&self, name: &str, json: &str) -> Handed {
        match timeout(CALL_TIME_MAX, self.0.put(name, json)).await {
            Ok(Ok(())) => Handed::Over,
            // It is never written over, so the event must not wait for it: it would wait for ever.
            Ok(Err(Failure::Differs)) => {
                self.0.tell(name, "differs");
                Handed::Over
            }
            Ok(Err(Failure::Store(error))) => {
                self.0.tell(name, outcome(&error));
                Handed::NotKnown
            }
            Err(_) => {
                self.0.tell(name, "time_over");
                Handed::NotKnown
            }
        }
    }
}

/// Why a receipt is not there, for the log.
enum Failure {
    /// One with other bytes is.
    Differs,
    Store(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

/// What the store said, in one word.
fn outcome(error: &Error) -> &'static str {
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => "denied",
        Error::NotFound { .. } => "no_such_place",
        Error::InvalidPath { .. } => "name_not_allowed",
        _ => "unavailable",
    }
}

/// What is written of a receipt that is not there.
#[derive(Serialize)]
struct Line<'l> {
    at: String,
    level: &'static str,
    message: &'static str,
    name: &'l str,
    outcome: &'static str,
}

impl Inner {
    async fn put(&self, name: &str, json: &str) -> Result<(), Failure> {
        let location = Location::parse(name).map_err(Error::from)?;
        let payload = json.to_owned().into();
        match self.store.put_opts(&location, payload, PutMode::Create.into()).await {
            Ok(_) => Ok(()),
            Err(Error::AlreadyExists { .. }) => self.compare(&location, json).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Whether what is there already is the same.
    async fn compare(&self, location: &Location, json: &str) -> Result<(), Failure> {
        let stored = self.store.get_opts(location, GetOptions::default()).await?;
        match stored.bytes().await? == json.as_bytes() {
            true => Ok(()),
            false => Err(Failure::Differs),
        }
    }

    fn tell(&self, name: &str, outcome: &'static str) {
        let at = rfc3339(self.source.now());
        let level = if outcome == "unavailable" { "warn" } else { "error" };
        let line = Line { at, level, message: "receipt", name, outcome };
        self.log.line(&serde_json::to_string(&line).expect("a line is texts"));
    }
}
