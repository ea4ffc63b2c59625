//! The strongly consistent table: intents, the control record, the leases and the journals of runs, in one DynamoDB
//! global table with strong consistency over Regions.
//!
//! Every item has a key `id`, the whole value as text in `document`, and beside it as attributes what its conditions
//! compare, so that people and state machines can read that without taking a document apart. There are no transactions
//! and no expiry in such a table, and none are used.
//!
//! The replica of this Region is asked first and that of the other second. Each write is conditional on a state that
//! never comes back, so that the same write may be sent to both, and a late one changes nothing.

mod automatic;
mod control;
mod intents;
mod item;
mod journal;
mod pages;
mod waits;
mod write;

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Builder, Region};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use tokio::sync::OnceCell;

pub use self::automatic::NotKept;
use self::item::{Item, RECORD_ID, text};
pub use self::journal::RunJournal;
pub use self::pages::{IntentPages, IntentParts, PageFault};
pub use self::waits::Wait;
use self::write::{Compared, Put};
use crate::asking::{Asked, Asking, Endpoint, Patience};
use crate::clock::Clock;
use crate::site::Aws;
use crate::sorted::{Sorted, sorted};

/// What notices of this module are about.
const ABOUT: &str = "control table";

/// Where a replica of the table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Its Region.
    pub region: String,
    /// The address of DynamoDB there, where it is not AWS's.
    pub endpoint_url: Option<String>,
}

impl Replica {
    /// The replica in this Region of AWS.
    #[must_use]
    pub fn in_region(region: &str) -> Self {
        Self { region: region.to_owned(), endpoint_url: None }
    }
}

/// The table: the port of intents and the port of the control store. A clone is the same one.
#[derive(Clone)]
pub struct ControlTable(Arc<Inner>);

struct Inner {
    aws: Aws,
    name: String,
    local: Connection,
    other: Connection,
    asking: Asking,
    clock: Clock,
}

struct Connection {
    replica: Replica,
    client: OnceCell<Client>,
}

impl ControlTable {
    /// The table of this name, with the replica of this Region and the one of the other. Connects to nothing.
    #[must_use]
    pub fn new(aws: &Aws, name: &str, local: Replica, other: Replica, patience: Patience) -> Self {
        let connection = |replica| Connection { replica, client: OnceCell::new() };
        Self(Arc::new(Inner {
            aws: aws.clone(),
            name: name.to_owned(),
            local: connection(local),
            other: connection(other),
            asking: Asking::here_and_there(patience),
            clock: Clock::default(),
        }))
    }

    /// Connects to the replica that is asked first, by reading the control record and forgetting it.
    pub async fn warm(&self) {
        let _ = self.get(RECORD_ID).await;
    }

    /// How many milliseconds this machine's clock is certainly ahead of those of AWS, or behind when below zero, as the
    /// answers of both replicas tell; zero when none has told anything of late.
    #[must_use]
    pub fn clock_ahead_ms(&self) -> i64 {
        self.0.clock.ahead_ms()
    }

    async fn client(&self, endpoint: Endpoint) -> &Client {
        let Connection { replica, client } = match endpoint {
            Endpoint::Local => &self.0.local,
            Endpoint::Other => &self.0.other,
        };
        let connect = || async {
            let region = Region::new(replica.region.clone());
            let mut config = Builder::from(self.0.aws.config().await).region(region);
            if let Some(url) = &replica.endpoint_url {
                config = config.endpoint_url(url);
            }
            config = config.interceptor(self.0.clock.of_region(&replica.region));
            if let Some(recorder) = self.0.aws.recorder(&replica.region) {
                config = config.interceptor(recorder);
            }
            Client::from_conf(config.build())
        };
        client.get_or_init(connect).await
    }

    /// The item of this id, after every write that has ended.
    async fn get(&self, id: &str) -> Asked<Option<Item>> {
        let random = self.0.aws.random();
        self.0.asking.ask(random, |endpoint| self.get_at(endpoint, id)).await
    }

    async fn get_at(&self, endpoint: Endpoint, id: &str) -> Result<Option<Item>, Sorted> {
        let get = self.client(endpoint).await.get_item().table_name(&self.0.name);
        let got = get.key(item::ID, text(id)).consistent_read(true).send().await;
        Ok(got.map_err(|error| sorted(&error))?.item)
    }

    /// Writes an item if what its condition compares is stored.
    async fn put(&self, put: &Put) -> Asked<Compared> {
        let random = self.0.aws.random();
        self.0.asking.ask(random, |endpoint| self.put_at(endpoint, put)).await
    }

    async fn put_at(&self, endpoint: Endpoint, put: &Put) -> Result<Compared, Sorted> {
        let sent = self.client(endpoint).await.put_item().table_name(&self.0.name);
        let all_old = ReturnValuesOnConditionCheckFailure::AllOld;
        let sent = put.fill(sent).return_values_on_condition_check_failure(all_old).send().await;
        let Err(error) = sent else { return Ok(Compared::Written) };
        match (sorted(&error), error.into_service_error()) {
            (Sorted::Compared, PutItemError::ConditionalCheckFailedException(refused)) => {
                put.compared(refused.item)
            }
            (sorted, _) => Err(sorted),
        }
    }
}

impl fmt::Debug for ControlTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let replicas = (&self.0.local.replica, &self.0.other.replica);
        f.debug_struct("ControlTable")
            .field("name", &self.0.name)
            .field("replicas", &replicas)
            .finish_non_exhaustive()
    }
}
