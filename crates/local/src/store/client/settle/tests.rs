//! What follows from the last answer, and from what came before it.

use super::super::super::ask::StoreReply;
use super::super::Asked;
use super::{Settled, settle};

/// Revision 5 is to be written.
fn settled(answer: Result<StoreReply, String>, is_doubtful: bool) -> Settled<u64> {
    let excludes = |stored: &u64| *stored <= 5;
    settle(Asked { answer, is_doubtful }, |text| text.parse().ok(), excludes)
}

fn holds(text: Option<&str>, is_doubtful: bool) -> Result<StoreReply, String> {
    Ok(StoreReply::Holds { text: text.map(str::to_owned), is_doubtful })
}

#[test]
fn every_case() {
    let failed = || Err("no answer".to_owned());
    let cases = [
        (Ok(StoreReply::Written), false, Settled::Written),
        (Ok(StoreReply::Written), true, Settled::Written),
        (holds(None, false), true, Settled::Refused(None)),
        (holds(Some("7"), false), false, Settled::Refused(Some(7))),
        // Ours may have been there before it: by another try, or by another round of this one.
        (holds(Some("7"), false), true, Settled::Unknown),
        (holds(Some("7"), true), false, Settled::Unknown),
        // It was never there, and never will be: another has taken its place.
        (holds(Some("5"), true), true, Settled::Refused(Some(5))),
        (holds(Some("?"), false), false, Settled::NotDone),
        (holds(Some("?"), false), true, Settled::Unknown),
        (failed(), false, Settled::NotDone),
        (failed(), true, Settled::Unknown),
        // Somebody who does not know what it is asked.
        (Ok(StoreReply::Stored { text: None }), false, Settled::Unknown),
    ];
    for (answer, is_doubtful, expected) in cases {
        let case = format!("{answer:?}, in doubt: {is_doubtful}");
        assert_eq!(settled(answer, is_doubtful), expected, "{case}");
    }
}
