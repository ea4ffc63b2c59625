//! Rust text of the model: a file per resource type, and the files that tie them together.

mod declarations;
mod resource;
mod shared;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Format, ResourceType, Type};

/// All files, by path in the folder of generated code.
pub(crate) fn files(types: &[ResourceType]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for one in types {
        files.insert(format!("{}/{}.rs", one.service, one.module), resource::file(one));
    }
    for service in services(types) {
        files.insert(format!("{service}/mod.rs"), shared::service(service, types));
    }
    files.insert("mod.rs".to_owned(), shared::root(&services(types)));
    files.insert("kinds.rs".to_owned(), shared::kinds(&formats(types)));
    files.insert("immutable.rs".to_owned(), shared::immutable(types));
    files.insert("tag.rs".to_owned(), shared::tag());
    files
}

fn services(types: &[ResourceType]) -> BTreeSet<&str> {
    types.iter().map(|one| one.service.as_str()).collect()
}

/// Formats of all types, as each of them becomes a kind.
fn formats(types: &[ResourceType]) -> BTreeMap<String, Format> {
    let formats = types.iter().flat_map(formats_of);
    formats.map(|format| (format.kind(), format)).collect()
}

/// Formats that one resource type's code names.
fn formats_of(one: &ResourceType) -> BTreeSet<Format> {
    let fields = one.structs.iter().flat_map(|item| &item.fields).map(|field| &field.kind);
    let attributes = one.attributes.iter().map(|attribute| &attribute.kind);
    let all = fields.chain(attributes).chain([&one.reference]);
    all.filter_map(|kind| match kind.innermost() {
        Type::Kind(format) => Some(format.clone()),
        _ => None,
    })
    .collect()
}
