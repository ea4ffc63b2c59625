//! Receipts in the buckets of both Regions: copied both ways, held up by what cuts the Regions off, all there afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::processes::until;
use super::two_regions::{TwoRegions, folder};

/// The receipts in a Region's bucket, by their names.
pub(super) fn receipts(folder: &Path, role: &str) -> BTreeMap<String, Vec<u8>> {
    let bucket = folder.join(role).join("objects");
    let mut receipts = BTreeMap::new();
    let mut folders = vec![bucket.join("receipts")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("it is read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.strip_prefix(&bucket).expect("it is in there");
                let name = name.display().to_string();
                receipts.insert(name, fs::read(&path).expect("it is written whole"));
            }
        }
    }
    receipts
}

#[test]
fn receipts_are_copied_and_wait_behind_a_cut() {
    let folder = folder();
    let regions = TwoRegions::up(folder.path());
    let both = || [receipts(folder.path(), "primary"), receipts(folder.path(), "standby")];
    // Demo clients pay in the primary.
    until("receipts are copied", || (both()[1].len() > 3).then_some(()));
    regions.done("fault isolate standby");
    let waiting = || regions.status()["regions"][0]["receipts_behind"].as_u64().unwrap_or(0);
    until("receipts wait behind the cut", || (waiting() > 3).then_some(()));
    let [primary, standby] = both();
    let missing: Vec<&String> =
        primary.keys().filter(|name| !standby.contains_key(*name)).collect();
    assert!(missing.len() > 3, "{missing:?}");
    regions.done("fault reconnect standby");
    until("what waited is copied", || {
        let [_, standby] = both();
        missing.iter().all(|name| standby.contains_key(*name)).then_some(())
    });
    let standby = receipts(folder.path(), "standby");
    let primary = receipts(folder.path(), "primary");
    for (name, copy) in &standby {
        assert_eq!(primary.get(name), Some(copy), "`{name}` is the same in both");
    }
}
