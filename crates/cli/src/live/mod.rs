//! The two Regions on this machine, as people's commands reach them.

pub(crate) mod follow;
pub(crate) mod reached;
pub(crate) mod regions;
pub(crate) mod runs;
