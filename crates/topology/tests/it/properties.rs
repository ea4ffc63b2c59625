//! What holds for every text, however it came about.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use topology::{EXAMPLE, Faults, Overrides, parse};

/// Pieces of text that mean something in the file, or almost.
const PIECES: [&str; 24] = [
    "\n",
    "\n",
    " = ",
    "=",
    ".",
    ",",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "\"",
    "'''",
    "# ",
    "name",
    "regions",
    "functions",
    "routes",
    "\"us-east-1\"",
    "\"GET /health\"",
    "-1",
    "0x",
    "\u{fe0f}ß",
];

/// A change to a text: at this part of it, in thousandths, so many characters become these.
type Edit = (usize, usize, String);

fn edit() -> impl Strategy<Value = Edit> {
    let inserted = prop_oneof![
        Just(String::new()),
        select(&PIECES[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        select(EXAMPLE.lines().collect::<Vec<_>>()).prop_map(|line| format!("\n{line}\n")),
    ];
    (0..1_000_usize, 0..80_usize, inserted)
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (thousandth, length, inserted) in edits {
        let start = chars.len() * thousandth / 1_000;
        let end = (start + length).min(chars.len());
        chars.splice(start..end, inserted.chars());
    }
    chars.into_iter().collect()
}

/// Every fault has a place in the text, they are in order, and each is one line of its own.
fn are_sensible(faults: &Faults, text: &str) {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut last = None;
    for fault in faults {
        let place = fault.place.expect("nothing was given beside the file");
        assert!((1..=lines.len()).contains(&place.line), "{fault}");
        let columns = lines[place.line - 1].chars().count() + 1;
        assert!((1..=columns).contains(&place.column), "{fault}");
        assert!(last <= Some(place), "{fault}");
        assert!(!fault.to_string().contains('\n'), "{fault}");
        assert!(!fault.found.is_empty(), "{fault}");
        last = Some(place);
    }
    assert!(last.is_some());
}

fn is_read(text: &str) {
    if let Err(faults) = parse(text, "tideover.toml", &Overrides::default()) {
        are_sensible(&faults, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        is_read(&text);
    }

    #[test]
    fn any_pieces_are_read(pieces in vec(select(&PIECES[..]), 0..60)) {
        is_read(&pieces.concat());
    }

    #[test]
    fn any_edit_of_the_example_is_read(edits in vec(edit(), 1..6)) {
        is_read(&edited(EXAMPLE, &edits));
    }

    #[test]
    fn any_string_for_any_key_is_read(index in 0..200_usize, value in any::<String>()) {
        let assignments: Vec<&str> = EXAMPLE.lines().filter(|line| line.contains(" = ")).collect();
        let line = assignments[index % assignments.len()];
        let key = line.trim_start_matches("# ").split(" = ").next().unwrap();
        let quoted = format!("{value:?}").replace("\\u{", "\\\\u{").replace("\\'", "'");
        is_read(&EXAMPLE.replace(line, &format!("{key} = {quoted}")));
    }

    #[test]
    fn right_values_are_accepted(
        name in "[a-z]([a-z0-9]{0,14}[a-z])?",
        suffix in "[a-z][a-z0-9]{0,11}",
        seconds in 1..=3_600_u32,
        second_byte in 0..=255_u8,
        zones in 2..=3_u32,
        minor in 4..=9_u32,
        route in "/[a-z]{1,8}(/\\{[a-z]{1,8}\\})?",
        reserved in 1..=500_u32,
    ) {
        let text = format!(
            "name = \"{name}\"\n\
             environment_suffix = \"{suffix}\"\n\
             objectives = {{ rpo_seconds = {seconds} }}\n\
             [network]\n\
             primary_cidr = \"172.16.0.0/20\"\n\
             standby_cidr = \"10.{second_byte}.0.0/16\"\n\
             zones = {zones}\n\
             subnet_prefix = 24\n\
             [database]\n\
             engine_version = \"17.{minor}\"\n\
             [[functions]]\n\
             name = \"{name}\"\n\
             routes = [\"GET /health\", \"POST {route}\"]\n\
             uses = [\"ledger\"]\n\
             reserved_concurrency = {reserved}\n"
        );
        let topology = parse(&text, "f", &Overrides::default()).unwrap();
        prop_assert_eq!(topology.suffix(), &suffix);
        prop_assert_eq!(topology.dns.zone, format!("{name}-{suffix}.example.com"));
        prop_assert_eq!(topology.objectives.rpo_seconds, seconds);
        prop_assert_eq!(topology.network.standby_cidr.address().octets()[1], second_byte);
        prop_assert_eq!(topology.network.zones, zones);
        prop_assert_eq!(topology.database.engine_version.minor, minor);
        let function = &topology.functions[0];
        prop_assert_eq!(function.routes[1].to_string(), format!("POST {route}"));
        prop_assert_eq!(function.reserved_concurrency, Some(reserved));
    }
}
