//! What was chosen, of votes in a table.

use super::super::log::Line;
use super::super::voter::{Accepted, Ballot, VoteChange};
use super::{Proposals, chosen_of, count};

/// Votes as `text@counter.number` and the times at which it was accepted; told as
/// `text by proposer at time`.
fn check(votes: &[(&str, &[u64])], expected: &[&str]) {
    let mut proposals = Proposals::new();
    for (proposal, times) in votes {
        let (text, ballot) = proposal.split_once('@').unwrap();
        let (counter, number) = ballot.split_once('.').unwrap();
        let ballot = Ballot { counter: counter.parse().unwrap(), number: number.parse().unwrap() };
        for at_us in *times {
            let accepted = Some(Accepted { ballot, text: text.to_owned() });
            let change = VoteChange { key: "record".to_owned(), promised: ballot, accepted };
            count(&mut proposals, Line::at(*at_us, change));
        }
    }
    let chosen = chosen_of(proposals);
    let told = chosen.iter().map(|it| format!("{} by {} at {}", it.text, it.proposer, it.at_us));
    assert_eq!(told.collect::<Vec<_>>(), expected, "{votes:?}");
}

#[test]
fn what_a_majority_has_accepted() {
    check(&[], &[]);
    check(&[("a@1.1", &[10])], &[]);
    check(&[("a@1.1", &[12, 10])], &["a by 1 at 12"]);
    check(&[("a@1.1", &[12, 10, 11])], &["a by 1 at 11"]);
    check(&[("a@1.1", &[10, 11]), ("b@3.2", &[20, 21])], &["a by 1 at 11", "b by 2 at 21"]);
    // One that nobody has built on.
    check(
        &[("a@1.1", &[10, 11]), ("b@3.2", &[20]), ("c@5.1", &[30, 31])],
        &["a by 1 at 11", "c by 1 at 31"],
    );
}

#[test]
fn what_another_has_brought_to_its_end() {
    // It was chosen already, or is chosen only now.
    check(&[("a@1.1", &[10, 11]), ("a@2.2", &[20, 21])], &["a by 1 at 11"]);
    check(&[("a@1.1", &[10]), ("a@2.2", &[20, 21])], &["a by 1 at 21"]);
}

/// The second vote was late: by then it had been built upon, or brought to its end.
#[test]
fn a_late_vote() {
    check(&[("a@1.1", &[10, 90]), ("b@3.2", &[20, 21])], &["a by 1 at 21", "b by 2 at 21"]);
    check(&[("a@1.1", &[10, 90]), ("a@2.2", &[20, 21])], &["a by 1 at 21"]);
}
