//! Runs that the state machines of the templates carry out, by the function that is behind them, under the role that the
//! templates give it: an operator only orders them.

use emulator::Fault;

use super::story::{planned, until_of};
use super::system::{PRIMARY, STANDBY, System};

impl System {
    /// Has AWS carry out a run, and answers which.
    #[track_caller]
    fn is_left_to_aws(&self, words: &str) -> String {
        let ordered = self.typed(&format!("{words} --state-machine"), 0);
        assert!(ordered.stderr.contains("carries it out"), "{ordered}");
        planned(&ordered)
    }

    /// Waits until what is told of a run says that this action has ended, or how it failed.
    #[track_caller]
    fn comes_to(&self, run: &str, action: &str) {
        let is_of = |line: &str| {
            let word = line.split_whitespace().nth(2).unwrap_or_default();
            word.trim_end_matches([':', ',']) == action
        };
        until_of(2_000, action, || self.typed(&format!("runs {run}"), 0).stdout.lines().any(is_of));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn state_machines_carry_runs_out() {
    let mut system = System::deployed().await;
    system.typed("activate --by ann", 0);
    system.takes_payments(PRIMARY, STANDBY, "order-1");
    let run = system.is_left_to_aws("switchover --by ann --reason patching");
    system.comes_to(&run, "close");
    system.is_ready(STANDBY);
    system.takes_payments(STANDBY, PRIMARY, "order-2");

    system.lose(STANDBY, Fault::Resets);
    let run = system.is_left_to_aws("failover --by ann --reason gone");
    system.comes_to(&run, "snapshot-evidence");
    for by in ["ann", "ben"] {
        system.typed(&format!("approve {run} --by {by} --yes"), 0);
    }
    system.comes_to(&run, "write-report");
    let (status, paid) = system.pay(PRIMARY, "order-3");
    assert_eq!(status, 201, "{paid}");
    // Nobody types anything: the state machine sees that the Region is back.
    system.find(STANDBY);
    system.comes_to(&run, "close");
    system.is_ready(PRIMARY);
    // Each run tries a payment besides.
    system.adds_up(3 + 2);
}
