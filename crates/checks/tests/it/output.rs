//! Every output of one small report, and of any report.

mod github;
mod json;
mod lines;
mod page;
mod sarif;
mod text;
mod validation;

use checks::Report;
use proptest::prelude::*;

use crate::sample;

/// Reports with odd strings in every place.
fn reports() -> impl Strategy<Value = Report> {
    let odd = prop_oneof![any::<String>(), "[ -~]{0,200}", "\\PC{0,20}"];
    prop::collection::vec(odd, 12).prop_map(|texts| {
        let mut next = texts.into_iter().cycle();
        let mut report = sample::report();
        let known = report.known.iter_mut();
        let allowed = report.allowed.iter_mut().map(|(finding, allowance)| {
            allowance.reason = "a".to_owned();
            finding
        });
        for finding in report.findings.iter_mut().chain(known).chain(allowed) {
            let spot = &mut finding.spot;
            let texts = [
                &mut spot.stack,
                &mut spot.region,
                &mut spot.file,
                &mut spot.resource,
                &mut spot.property,
                &mut finding.found,
                &mut finding.why,
                &mut finding.change,
            ];
            for (text, odd) in texts.into_iter().zip(&mut next) {
                *text = odd;
            }
            spot.construct_path = next.next();
            finding.note = next.next();
        }
        report
    })
}
