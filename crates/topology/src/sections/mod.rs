//! One file per table of `tideover.toml`: what it holds, what is allowed, and the defaults.

pub(crate) mod api;
pub(crate) mod automatic;
pub(crate) mod database;
pub(crate) mod dns;
pub(crate) mod function;
pub(crate) mod functions;
pub(crate) mod monitoring;
pub(crate) mod network;
pub(crate) mod objectives;
pub(crate) mod processor;
pub(crate) mod recovery;
pub(crate) mod regions;
pub(crate) mod route;
pub(crate) mod storage;
pub(crate) mod system;
pub(crate) mod tags;
