//! `[regions]`: where the service lives, where it goes, and who has the third vote.

use crate::reader::Section;
use crate::region::{MRSC_SETS, REGION, Region};
use crate::words;

/// The three Regions; the roles are fixed, whichever Region is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regions {
    /// Where the service is at home.
    pub primary: Region,
    /// Where the service goes when its home is lost.
    pub standby: Region,
    /// Where the third vote of the strongly consistent table is; it holds no data to read.
    pub witness: Region,
}

/// Why `active` is not a key.
pub(crate) const ACTIVE: &str = "nothing here: which Region is active is run-time state in the \
     control record, not configuration; type `tideover status` to see it";

const RULE: &str = "rule ddb-mrsc-region-sets";

pub(crate) fn read(file: &mut Section<'_, '_>) -> Regions {
    file.section("regions", |section| {
        section.refuse("active", ACTIVE);
        let primary = section.text("primary", "us-east-1", &REGION);
        let standby = section.text("standby", "us-east-2", &REGION);
        let witness = section.optional_text("witness", &REGION);
        let pair_fits =
            section.is_sound(&["primary", "standby"]) && check_pair(section, primary, standby);
        if let Some(witness) = witness.filter(|_| pair_fits) {
            check_witness(section, primary, standby, witness);
        }
        Regions {
            primary,
            standby,
            witness: witness.unwrap_or_else(|| default_witness(primary, standby)),
        }
    })
}

/// The Regions that may be the witness of this pair, the default one first.
fn witnesses(primary: Region, standby: Region) -> Vec<&'static str> {
    let set = primary.mrsc_set().unwrap_or(MRSC_SETS[0]);
    let others = |name: &&str| *name != primary.name() && *name != standby.name();
    set.iter().copied().filter(others).collect()
}

fn default_witness(primary: Region, standby: Region) -> Region {
    let first = witnesses(primary, standby).into_iter().next();
    first.and_then(Region::find).unwrap_or(primary)
}

fn check_pair(section: &mut Section<'_, '_>, primary: Region, standby: Region) -> bool {
    let known = primary.mrsc_set().is_some();
    if known && primary == standby {
        let allowed =
            format!("two Regions; with primary {primary}, type standby {}", others(primary));
        let found = format!("\"{standby}\" as primary and as standby");
        section_fault(section, "standby", found, allowed);
        return false;
    }
    if known && primary.mrsc_set() == standby.mrsc_set() {
        return true;
    }
    let found = format!("primary \"{primary}\" with standby \"{standby}\"");
    let allowed = format!(
        "two Regions of one set of strong consistency: {}; {} ({RULE})",
        sets(),
        advice(primary, standby),
    );
    section_fault(section, "standby", found, allowed);
    false
}

fn check_witness(section: &mut Section<'_, '_>, primary: Region, standby: Region, witness: Region) {
    let allowed = witnesses(primary, standby);
    if !allowed.contains(&witness.name()) {
        let allowed = format!(
            "{}, the rest of the set of {primary} and {standby} ({RULE})",
            words::or(&allowed)
        );
        section_fault(section, "witness", format!("\"{witness}\""), allowed);
    }
}

/// What to type instead of this pair.
fn advice(primary: Region, standby: Region) -> String {
    let key_and_region = match (primary.mrsc_set(), standby.mrsc_set()) {
        (Some(_), _) => format!("with primary {primary}, type standby {}", others(primary)),
        (None, Some(_)) => format!("with standby {standby}, type primary {}", others(standby)),
        (None, None) => return format!("{primary} and {standby} are in none of them"),
    };
    format!("{key_and_region}, and for the witness a third of the set or nothing")
}

/// The other Regions of this one's set, in words.
fn others(region: Region) -> String {
    let names: Vec<String> = region
        .mrsc_set()
        .unwrap_or(MRSC_SETS[0])
        .iter()
        .filter(|name| **name != region.name())
        .map(|name| format!("\"{name}\""))
        .collect();
    words::or(&names)
}

fn sets() -> String {
    let sets: Vec<String> = MRSC_SETS.iter().map(|set| format!("{{{}}}", set.join(", "))).collect();
    words::or(&sets)
}

/// A fault of `key`, at the place of the pair's other half when `key` is left to its default.
fn section_fault(section: &mut Section<'_, '_>, key: &str, found: String, allowed: String) {
    let keys = [section.dotted(key), section.dotted("primary")];
    let keys = keys.each_ref().map(String::as_str);
    section.report.add_between(&keys, found, allowed);
}
