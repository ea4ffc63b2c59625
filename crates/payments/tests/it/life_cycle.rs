//! The life cycle: every state, everything that can happen to it.

use payments::{Change, State, Verdict};

use crate::table::{check, name, rows};

/// What can happen, in the order of the columns.
const CHANGES: [Change; 13] = [
    Change::Posted,
    Change::Begun,
    Change::NotSent,
    Change::TimedOut,
    Change::CalledAgain,
    Change::Answered(Verdict::Succeeded),
    Change::Answered(Verdict::Declined),
    Change::Found(Verdict::Succeeded),
    Change::Found(Verdict::Declined),
    Change::Lost,
    Change::Released,
    Change::Corrected(Verdict::Succeeded),
    Change::Corrected(Verdict::Declined),
];

/// Every state × everything that can happen. A dot is no edge.
const TABLE: &str = "
               | posted | begun      | not sent | timed out | called     | answered  | answered | found     | found    | lost        | released | corrected | corrected
               |        |            |          |           | again      | succeeded | declined | succeeded | declined |             |          | succeeded | declined
 --------------+--------+------------+----------+-----------+------------+-----------+----------+-----------+----------+-------------+----------+-----------+----------
   accepted    | posted | .          | .        | .         | .          | .         | .        | .         | .        | quarantined | .        | .         | .
   posted      | .      | processing | .        | .         | .          | .         | .        | succeeded | declined | quarantined | .        | .         | .
   processing  | .      | .          | posted   | unknown   | .          | succeeded | declined | .         | .        | quarantined | .        | .         | .
   unknown     | .      | .          | .        | .         | processing | .         | .        | succeeded | declined | quarantined | .        | .         | .
   quarantined | .      | .          | .        | .         | .          | .         | .        | succeeded | declined | quarantined | posted   | .         | .
   succeeded   | .      | .          | .        | .         | .          | succeeded | .        | succeeded | .        | quarantined | .        | .         | declined
   declined    | .      | .          | .        | .         | .          | .         | declined | .         | declined | quarantined | .        | succeeded | .
";

#[test]
fn every_state_and_everything_that_can_happen() {
    let rows = &rows::<14>(TABLE)[2..];
    assert_eq!(rows.len(), State::ALL.len());
    for (row, state) in rows.iter().zip(State::ALL) {
        assert_eq!(row[0], state.name());
        for (cell, change) in row[1..].iter().zip(CHANGES) {
            let after = state.after(change).map_or(".", State::name);
            assert_eq!(after, *cell, "{state:?} after {change:?}");
        }
    }
}

/// The states that can be reached from `state` by any changes that `allowed` allows.
fn reachable(state: State, allowed: impl Fn(Change) -> bool) -> Vec<State> {
    let mut reached = vec![state];
    let mut next = 0;
    while let Some(state) = reached.get(next).copied() {
        for after in
            CHANGES.into_iter().filter(|change| allowed(*change)).filter_map(|c| state.after(c))
        {
            if !reached.contains(&after) {
                reached.push(after);
            }
        }
        next += 1;
    }
    reached
}

/// Whatever was said of an unknown call: without asking before it, there is no other.
#[test]
fn nothing_leads_from_unknown_to_a_call_but_asking() {
    let asked = |change| matches!(change, Change::CalledAgain | Change::Lost);
    let reached = reachable(State::Unknown, |change| !asked(change));
    assert!(!reached.contains(&State::Posted), "{reached:?}");
    assert!(!reached.contains(&State::Processing), "{reached:?}");
}

/// What was acknowledged is never at an end before the processor has had the last word: from every
/// state in which it is taken, a way leads to success.
#[test]
fn whatever_is_taken_can_still_succeed() {
    let by_itself = |change| !matches!(change, Change::Lost | Change::Corrected(_));
    for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
        let reached = reachable(state, by_itself);
        assert!(reached.contains(&State::Succeeded), "{state:?}: {reached:?}");
    }
}

#[test]
fn only_asking_leads_out_of_unknown() {
    for change in CHANGES {
        let leads_out = State::Unknown.after(change).is_some();
        let asks = matches!(change, Change::Found(_) | Change::CalledAgain | Change::Lost);
        assert_eq!(leads_out, asks, "{change:?}");
    }
}

#[test]
fn the_processor_is_called_from_posted_and_again_from_unknown() {
    let calls = [Change::Begun, Change::CalledAgain];
    for (change, from) in calls.into_iter().zip([State::Posted, State::Unknown]) {
        let before: Vec<State> =
            State::ALL.into_iter().filter(|state| state.after(change).is_some()).collect();
        assert_eq!(before, [from], "{change:?}");
    }
}

#[test]
fn the_last_word_is_the_last() {
    check::<2>(
        "
        accepted    | not final
        posted      | not final
        processing  | not final
        unknown     | not final
        quarantined | not final
        succeeded   | final
        declined    | final
        ",
        |[state, _]| {
            let state = State::find(state).unwrap();
            let by_itself = |change| !matches!(change, Change::Lost | Change::Corrected(_));
            let stays = reachable(state, by_itself) == [state];
            assert_eq!(state.is_final(), stays, "{}", name(state));
            if state.is_final() { "final" } else { "not final" }.to_owned()
        },
    );
}
