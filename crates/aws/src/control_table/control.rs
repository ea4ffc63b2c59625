//! The port of the control store: items `dr#system` and `dr#lease#<Region>`.

use aws_sdk_dynamodb::types::AttributeValue;
use fence::{
    ControlRecord, ControlStore, Lease, LeaseChange, NoAnswer, RecordChange, RegionName, Version,
    WriteOutcome,
};
use stores::document;

use super::item::{Item, RECORD_ID, Unreadable, lease_id, number, text, value};
use super::write::{Expected, Put, Settled, settle};
use super::{ABOUT, ControlTable};

const EPOCH: &str = "epoch";
const STATE: &str = "state";
const RUN: &str = "run_id";
const POINT_OF_NO_RETURN: &str = "point_of_no_return";
const TRAFFIC: &str = "traffic_region";
const ACTIVE: &str = "active_region";
const REVISION: &str = "revision";

impl ControlStore for ControlTable {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        self.read_item(RECORD_ID, record).await
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        self.read_item(&lease_id(region), lease).await
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        let asked = self.put(&put_record(change)).await;
        // Another that is stored may be a later one, to which ours has led.
        self.outcome(settle(asked, change.record(), record, |_| false))
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let ours = change.lease();
        let asked = self.put(&put_lease(change)).await;
        self.outcome(settle(asked, ours, lease, |stored| stored.revision <= ours.revision))
    }
}

impl ControlTable {
    async fn read_item<T>(
        &self,
        id: &str,
        read: fn(&Item) -> Result<T, Unreadable>,
    ) -> Result<Option<T>, NoAnswer> {
        let item = self.get(id).await.answer.map_err(|said| no_answer(&said))?;
        item.map(|item| read(&item).map_err(|error| no_answer(&error))).transpose()
    }

    /// Callers of this port read again after every doubt, so that there is no need to tell one from another.
    fn outcome<T>(&self, settled: Settled<T>) -> WriteOutcome<T> {
        match settled {
            Settled::Written => WriteOutcome::Written,
            Settled::Refused(stored) => WriteOutcome::Refused(stored),
            Settled::NotDone(said) | Settled::Unknown(said) => {
                self.0.aws.notice(ABOUT, &said);
                WriteOutcome::Unknown
            }
        }
    }
}

fn no_answer(cause: &dyn ToString) -> NoAnswer {
    NoAnswer { cause: cause.to_string() }
}

fn record(item: &Item) -> Result<ControlRecord, Unreadable> {
    value(item, document::read_record, |_| RECORD_ID.to_owned())
}

fn lease(item: &Item) -> Result<Lease, Unreadable> {
    value(item, document::read_lease, |lease| lease_id(&lease.region))
}

fn put_record(change: &RecordChange) -> Put {
    let record = change.record();
    let version = compared(&record.version()).into_iter();
    let mut attributes: Vec<_> = version.filter_map(|(name, value)| Some((name, value?))).collect();
    attributes.extend(record.active_region().map(|region| (ACTIVE, text(region))));
    Put {
        id: RECORD_ID.to_owned(),
        document: document::record(record),
        attributes,
        expected: change
            .expected()
            .map_or(Expected::Nothing, |version| Expected::Values(compared(version))),
    }
}

fn put_lease(change: &LeaseChange) -> Put {
    let lease = change.lease();
    let expected = change.expected();
    Put {
        id: lease_id(&lease.region),
        document: document::lease(lease),
        attributes: vec![(REVISION, number(lease.revision)), (EPOCH, number(lease.epoch.number()))],
        expected: expected.map_or(Expected::Nothing, |revision| {
            Expected::Values(vec![(REVISION, Some(number(revision)))])
        }),
    }
}

/// The attributes of a version.
fn compared(version: &Version) -> Vec<(&'static str, Option<AttributeValue>)> {
    vec![
        (EPOCH, Some(number(version.epoch.number()))),
        (STATE, Some(text(version.state))),
        (RUN, version.run_id.as_ref().map(text)),
        (POINT_OF_NO_RETURN, version.point_of_no_return.map(text)),
        (TRAFFIC, Some(text(&version.traffic_region))),
    ]
}
