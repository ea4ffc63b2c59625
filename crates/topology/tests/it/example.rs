//! The commented file of `tideover init` is the defaults, and a good one to edit.

use topology::{EXAMPLE, Topology};

use crate::accept;

#[test]
fn says_what_an_empty_file_means() {
    assert_eq!(accept(EXAMPLE), Topology::default());
}

#[test]
fn points_editors_to_the_schema() {
    assert!(EXAMPLE.starts_with("#:schema ./tideover.schema.json\n"));
}

#[test]
fn is_right_with_every_comment_taken_off() {
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if is_assignment(rest) => rest,
        _ => line,
    });
    let text: Vec<&str> = lines.collect();
    let topology = accept(&text.join("\n"));
    assert_eq!(topology.account.as_deref(), Some("123456789012"));
    assert_eq!(topology.functions[0].environment["LOG_LEVEL"], "info");
    assert_eq!(topology.processor.url.as_deref(), Some("https://cards.example.com/v1"));
    assert_eq!(topology.tags["CostCenter"], "payments");
    assert_eq!(topology.regions, Topology::default().regions);
    assert_eq!(topology.dns.zone, Topology::default().dns.zone);
}

fn is_assignment(line: &str) -> bool {
    let key = line.split_once(" = ").map_or("", |(key, _)| key);
    !key.is_empty() && !key.contains(' ')
}

#[test]
fn fits_a_narrow_window() {
    assert!(EXAMPLE.lines().all(|line| line.chars().count() <= 100));
}
