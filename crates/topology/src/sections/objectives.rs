//! `[objectives]`: what the owner of the service has promised for the loss of a Region.

use crate::reader::Section;

/// The recovery objectives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objectives {
    /// Longest time without service after a Region is lost (RTO), in seconds.
    pub rto_seconds: u32,
    /// Longest stretch of replicated data that may be lost with a Region (RPO), in seconds;
    /// acknowledged payments are never part of it.
    pub rpo_seconds: u32,
}

pub(crate) fn read(file: &mut Section<'_, '_>) -> Objectives {
    file.section("objectives", |section| Objectives {
        rto_seconds: section.integer("rto_seconds", 300, 1..=86_400),
        rpo_seconds: section.integer("rpo_seconds", 10, 1..=3_600),
    })
}
