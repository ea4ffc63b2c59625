//! The two Regions on this machine or in AWS, as people's commands reach them.

pub(crate) mod asked;
pub(crate) mod driven;
pub(crate) mod follow;
pub(crate) mod on;
pub(crate) mod reached;
pub(crate) mod regions;
pub(crate) mod runs;
pub(crate) mod standing;
pub(crate) mod typed;
