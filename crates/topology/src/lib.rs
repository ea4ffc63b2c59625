//! What the operator wants: `tideover.toml` becomes a [`Topology`], or every fault in it at once.
//!
//! A pure function of its arguments: reading the file, the environment and options is the
//! caller's, and so is writing what [`EXAMPLE`] and [`SCHEMA`] hold.

mod cidr;
mod fault;
mod overrides;
mod parse;
mod reader;
mod region;
mod report;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod sections;
mod shape;
mod topology;
mod value;
mod words;

pub use cidr::Cidr;
pub use fault::{Fault, Faults, Place};
pub use overrides::Overrides;
pub use parse::parse;
pub use region::{MRSC_SETS, Region};
#[cfg(feature = "schema")]
pub use schema::{json_schema, schema_text};
pub use sections::api::{Api, Authorization};
pub use sections::automatic::{Automatic, ByAlarm};
pub use sections::database::{BackupWindow, Database, EngineVersion, InstanceClass};
pub use sections::dns::Dns;
pub use sections::function::{Function, Runtime, Use};
pub use sections::functions::SWITCH_PATH;
pub use sections::monitoring::Monitoring;
pub use sections::network::{Network, TIERS};
pub use sections::objectives::Objectives;
pub use sections::processor::Processor;
pub use sections::regions::Regions;
pub use sections::route::{Method, Route};
pub use sections::storage::Storage;
pub use sections::system::{Architecture, Suffix};
pub use sections::tags::RESERVED_TAGS;
pub use topology::{Home, Topology};
pub use value::dismantle;

/// The commented file that `tideover init` writes: every key, with its default.
pub const EXAMPLE: &str = include_str!("../../../tideover.toml");

/// The JSON schema of the file, for editors.
pub const SCHEMA: &str = include_str!("../../../tideover.schema.json");
