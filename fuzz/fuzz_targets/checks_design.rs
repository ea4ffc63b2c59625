//! No template, deployed to both Regions of a pair, makes resolving, pairing, a rule or an output panic or hang, and
//! the same template gives the same report.

#![no_main]

use checks::output::{self, Lines, TextOptions};
use checks::{Design, Settings, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = |region: &str| Source {
        file: "template".to_owned(),
        text: text.to_owned(),
        name: format!("stack-{region}"),
        stack_name: "stack".to_owned(),
        region: Some(region.to_owned()),
        ..Source::default()
    };
    let sources = [source("us-east-1"), source("us-east-2")];
    let settings = || Settings {
        primary: Some("us-east-1".to_owned()),
        standby: Some("us-east-2".to_owned()),
        rto_seconds: Some(60),
        ..Settings::default()
    };
    let Ok(design) = Design::new(&sources, settings()) else { return };
    let report = checks::check(&design);
    let lines = Lines::find(&report, &sources);
    let json = output::json(&report, &lines);
    std::hint::black_box(output::text(&report, &lines, TextOptions::default()));
    std::hint::black_box(output::sarif(&report, &lines));
    std::hint::black_box(output::github(&report, &lines));
    let again = Design::new(&sources, settings()).expect("it could be read before");
    assert_eq!(json, output::json(&checks::check(&again), &lines));
});
