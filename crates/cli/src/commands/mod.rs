//! One file for each command, or for a few that belong together.

pub(crate) mod activate;
pub(crate) mod approve;
pub(crate) mod ask;
pub(crate) mod automatic;
pub(crate) mod carry_out;
pub(crate) mod check;
pub(crate) mod children;
pub(crate) mod deploy;
pub(crate) mod destroy;
pub(crate) mod diff;
pub(crate) mod drill;
pub(crate) mod explain;
pub(crate) mod fault;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod manual;
pub(crate) mod order;
pub(crate) mod package;
pub(crate) mod processor;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod synth;
pub(crate) mod up;
