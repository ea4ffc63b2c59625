//! Two Regions in AWS: the world and the journal of runs there, and what is seen of both.
//!
//! Whoever drives a run, an operator's program or the function that a state machine invokes, does it by a [`OneRun`]:
//! the port of the world and the port of the journal. Each Region is asked by clients of its own, at its own endpoints,
//! and nothing is asked in a Region for the sake of the other. What an error of AWS means for an action stands in one
//! table, in `fault`.

mod account;
mod act;
mod activate;
mod alarms;
pub mod automatic;
mod begin;
mod brake;
mod by_hand;
mod database;
mod dns;
mod evidence;
mod execution;
mod facts;
mod fault;
mod https;
mod kms_key;
mod ledger;
mod metrics;
mod reach;
mod report_object;
mod run;
mod run_report;
mod site;
mod stage;
mod status;
mod switches;
mod until;
mod waits;
mod ways;

pub use account::{Account, NoAccount};
pub use activate::{Active, NotActivated, activate};
pub use begin::{NotBegun, begin};
pub use facts::facts;
pub use kms_key::{KmsFailure, KmsKey, NoKmsKey};
pub use reach::Reach;
pub use run::OneRun;
pub use run_report::ReportNotKept;
pub use status::{AutomaticStatus, RecordStatus, RegionStatus, Status, status};
pub use waits::LetGo;
pub use ways::{NoWay, Ways};
