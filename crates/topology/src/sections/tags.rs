//! `[tags]`: what the owner wants to see on every resource, besides the tags of the design.

use std::collections::BTreeMap;

use crate::reader::Section;
use crate::rule::{Rule, keep, tag_character};

/// Tags that the design puts on resources itself.
pub const RESERVED_TAGS: [&str; 5] = ["Environment", "Repository", "Author", "Project", "DR-Role"];

/// The most tags that the file may add: a resource has at most 50 in all.
const MOST: usize = 40;

pub(crate) fn read(file: &mut Section<'_, '_>) -> BTreeMap<String, String> {
    let tags = file.strings("tags", &TAG_KEY, &TAG_VALUE);
    if tags.len() > MOST {
        let allowed = format!("at most {MOST}; a resource has no more than 50 in all");
        file.fault("tags", format!("{} tags", tags.len()), allowed);
    }
    check_cases(file, &tags);
    tags
}

/// Roles take no two tags whose keys differ only in case.
fn check_cases(file: &mut Section<'_, '_>, tags: &BTreeMap<String, String>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for key in tags.keys() {
        if let Some(other) = seen.insert(key.to_lowercase(), key) {
            let path = format!("tags.{}", crate::value::shown_key(key));
            let allowed = format!("keys that differ in more than case; `{other}` is there too");
            file.fault(&path, format!("the name {key:?}"), allowed);
        }
    }
}

const TAG_KEY: Rule<String> = Rule {
    pattern: "^[\\p{L}\\p{M}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}$",
    example: "CostCenter",
    read: |text| {
        let lower = text.to_lowercase();
        if lower.starts_with("aws:") {
            return Err("a key that does not begin with `aws:`, which AWS keeps to itself".into());
        }
        if let Some(tag) = RESERVED_TAGS.iter().find(|tag| tag.to_lowercase() == lower) {
            return Err(format!("another key: the tag `{tag}` is set on every resource already"));
        }
        keep(
            text,
            !text.is_empty() && is_tag_text(text, 128),
            "1 to 128 letters, digits, spaces and `_.:/=+-@`",
        )
    },
};

/// A value of a tag.
pub(crate) const TAG_VALUE: Rule<String> = Rule {
    pattern: "^[\\p{L}\\p{M}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}$",
    example: "payments",
    read: |text| {
        keep(text, is_tag_text(text, 256), "at most 256 letters, digits, spaces and `_.:/=+-@`")
    },
};

fn is_tag_text(text: &str, most: usize) -> bool {
    text.chars().all(tag_character) && text.chars().count() <= most
}
