//! `[storage]`: the bucket of receipts in each Region.

use crate::reader::Section;

/// How receipts are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Age at which objects move to an archive storage class, in days. S3 leaves those below 128 KB where they are.
    pub archive_after_days: u32,
    /// Whether deleting an object in one Region hides it in the other too.
    pub replicate_delete_markers: bool,
}

pub(crate) fn read(file: &mut Section<'_, '_>) -> Storage {
    file.section("storage", |section| Storage {
        archive_after_days: section.integer("archive_after_days", 90, 30..=3_650),
        replicate_delete_markers: section.flag("replicate_delete_markers", false),
    })
}
