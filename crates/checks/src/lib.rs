//! The pair of Regions judged before deployment: CloudFormation templates of two Regions in, a report out.
//!
//! Judges our own assembly and anybody's. Reads no file and knows no clock: texts, and the day that allowances are
//! compared with, are arguments.

mod alarm;
mod allow;
mod answer;
pub mod assembly;
mod baseline;
mod check;
mod compared;
mod date;
mod design;
mod document;
mod functions;
mod global_clusters;
mod guess;
mod hidden;
mod inputs;
mod judge;
mod kms;
mod naming;
pub mod output;
mod pairing;
mod payment_path;
mod payment_stores;
mod place;
mod policy;
mod recovery_time;
mod regions;
mod report;
mod requests;
mod resolve;
mod roles;
mod rule;
pub mod rules;
mod settings;
mod source;
mod stack;
mod uses;
mod value;
mod words;

pub use answer::{Answer, Unknown};
pub use baseline::{Baseline, BaselineFault, Fingerprint};
pub use check::check;
pub use compared::Compared;
pub use date::{Date, NotADate};
pub use design::{Design, Unreadable};
pub use document::{
    DocumentFault, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, Position, locate, locate_all, parse,
    parse_bytes, text,
};
pub use inputs::Input;
pub use pairing::Pairing;
pub use place::{Place, Resource};
pub use recovery_time::{Part, RecoveryTime};
pub use regions::is_region_name;
pub use report::{Finding, Report, Spot, Unjudged, Unseen};
pub use rule::{Consequence, Evidence, Rule, RunTime, Scope, Severity};
pub use settings::{Allowance, Budget, Expiry, GivenParameter, Settings};
pub use source::{Parent, Source};
pub use stack::{Declared, Output, Stack};
pub use uses::{Taken, Use};
pub use value::{Piece, Reference, Value};
