//! The files that come with tideover.

use std::collections::BTreeSet;
use std::path::Path;

use drill::{Happening, STANDARD, Scenario, When, parse, shipped};

fn read(name: &str, text: &str) -> Scenario {
    parse(name, text).unwrap_or_else(|mistakes| panic!("{name}: {mistakes:#?}"))
}

#[test]
fn every_file_is_a_scenario() {
    for (name, text) in shipped() {
        let scenario = read(name, text);
        assert_eq!(read(name, &scenario.to_string()), scenario, "{name}");
        assert!(scenario.title.chars().count() <= 70, "{name}: {}", scenario.title);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this test is about the files of the tree")]
fn every_file_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files: BTreeSet<String> = folder
        .read_dir()
        .expect("the folder is in the tree")
        .map(|file| file.expect("it can be listed").file_name().into_string().expect("plain name"))
        .collect();
    let named: BTreeSet<String> =
        shipped().iter().map(|(name, _)| format!("{name}.drill")).collect();
    assert_eq!(files, named);
    assert_eq!(named.len(), shipped().len());
    assert!(named.contains(&format!("{STANDARD}.drill")));
}

#[test]
fn every_file_says_what_it_shows_and_by_which_rules() {
    for (name, text) in shipped() {
        let comment: Vec<&str> =
            text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
        let rules = comment.iter().position(|line| line.starts_with("Rules: "));
        let shows: usize = comment[..rules.expect(name)].iter().map(|line| line.len()).sum();
        assert!(shows > 60, "{name} says too little");
        let last = comment.last().expect("a line");
        assert!(last.ends_with(|end: char| end.is_ascii_alphanumeric()), "{name}: {last}");
    }
}

/// What a failure of the product's list is rehearsed by.
#[test]
fn together_they_make_everything_fail_that_can() {
    let lines: Vec<When> =
        shipped().iter().flat_map(|(name, text)| read(name, text).happenings).collect();
    let words: BTreeSet<String> = lines
        .iter()
        .map(|line| match &line.happening {
            Happening::Fault(fault) => kind(&format!("{fault:?}")),
            other => kind(&format!("{other:?}")),
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    expect_test::expect!["Abort ApiLost ClockSkew ControlPlanesLost DatabaseLost DiskFull KillRunner Mend MessagesLost OneWayCut Pause ProcessorAway ProcessorSilent PromotionRefused PromotionUnclear RegionFrozen RegionIsolated RegionLost RegionSlow ReplicationLag RestartService RivalRun Run SecondRunner StorageFenceFails StoreCut StoreEndpointLost WitnessLost WritesStall"].assert_eq(&words.join(" "));
}

/// The name of the variant.
fn kind(shown: &str) -> String {
    shown.split('(').next().unwrap_or_default().to_owned()
}
