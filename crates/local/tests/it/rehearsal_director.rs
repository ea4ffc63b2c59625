//! The director of live drills on a stage that only writes down what is asked of it, by a clock that
//! is moved by hand.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use drill::{Fault, RunStep, STANDARD, Site, Spoiled, What, parse, shipped, simulate};
use expect_test::{Expect, expect};
use fence::{Author, ControlRecord, RunId};
use local::rehearsal::{Cue, Director, Stage, Tempo, Waits, Wanted};
use runbook::{ActionName, Control, Event, NotTaken, Plan};
use tokio::time::{Duration, Instant, sleep};

/// What was asked of it, with the milliseconds since it was made.
struct Paper {
    begin: Instant,
    record: ControlRecord,
    plan: Plan,
    lines: Mutex<Vec<String>>,
    broken: Mutex<BTreeSet<Fault>>,
    refusals_left: Mutex<u32>,
    has_runner: Mutex<bool>,
}

impl Paper {
    fn new(refusals: u32) -> Arc<Self> {
        let (record, plan) = simulated();
        Arc::new(Self {
            begin: Instant::now(),
            record,
            plan,
            lines: Mutex::default(),
            broken: Mutex::default(),
            refusals_left: Mutex::new(refusals),
            has_runner: Mutex::new(true),
        })
    }

    fn write(&self, line: &str) {
        let ms = self.begin.elapsed().as_millis();
        self.lines.lock().unwrap().push(format!("{ms:04} {line}"));
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }
}

/// A simulated failover: its first control record, and its plan.
fn simulated() -> (ControlRecord, Plan) {
    let (_, text) = shipped().iter().find(|(name, _)| *name == STANDARD).expect("it is shipped");
    let scenario = parse(STANDARD, text).expect("a test of `drill` reads it").fixed(1);
    let history = simulate(&scenario, 1);
    let mut what = history.moments.into_iter().map(|moment| moment.what);
    let record = what.find_map(|what| match what {
        What::Record(record) => Some(*record),
        _ => None,
    });
    let plan = what.find_map(|what| match what {
        What::Run { step: RunStep::Journaled(entry), .. } => match entry.event {
            Event::Planned { plan, .. } => Some(*plan),
            _ => None,
        },
        _ => None,
    });
    (record.expect("a drill has a record"), plan.expect("this one has a failover"))
}

impl Stage for Paper {
    async fn change(&self, fault: Fault, begins: bool, line: &str) -> Result<(), String> {
        self.write(&format!("{line} ({fault:?})"));
        let mut broken = self.broken.lock().unwrap();
        if begins {
            broken.insert(fault)
        } else {
            broken.remove(&fault)
        };
        Ok(())
    }

    async fn restart_service(&self, site: Site) -> Result<(), String> {
        self.write(&format!("restarted {}", site.role()));
        Err("it does not start".to_owned())
    }

    fn broken(&self) -> BTreeSet<Fault> {
        self.broken.lock().unwrap().clone()
    }

    async fn plan(&self, wanted: &Wanted) -> Result<Plan, (RunId, String)> {
        let mut left = self.refusals_left.lock().unwrap();
        if *left > 0 {
            *left -= 1;
            return Err((wanted.run.clone(), "not now".to_owned()));
        }
        self.write(&format!("planned {}, attempt {}", wanted.run, wanted.attempt));
        Ok(Plan { run: wanted.run.clone(), ..self.plan.clone() })
    }

    async fn start_runner(&self, plan: &Plan, rude: bool) -> Result<(), String> {
        self.write(&format!("runner of {}{}", plan.run, if rude { "" } else { ", polite" }));
        *self.has_runner.lock().unwrap() = true;
        Ok(())
    }

    async fn kill_runner(&self, run: &RunId) -> Result<(), String> {
        self.write(&format!("killed the runner of {run}"));
        *self.has_runner.lock().unwrap() = false;
        Ok(())
    }

    async fn has_runner(&self, _: &RunId) -> bool {
        *self.has_runner.lock().unwrap()
    }

    async fn order(&self, run: &RunId, control: &Control, by: &Author) -> Result<(), NotTaken> {
        self.write(&format!("{by}: {control:?} of {run}"));
        Ok(())
    }

    async fn record(&self) -> Option<ControlRecord> {
        Some(self.record.clone())
    }

    async fn is_ready(&self, site: Site) -> bool {
        !self.broken().contains(&Fault::RegionLost(site))
    }

    async fn left(&self) -> Vec<String> {
        Vec::new()
    }

    async fn lag_ms(&self) -> Option<u64> {
        None
    }

    fn note(&self, what: What) {
        match what {
            What::Happened { line, .. } => self.write(&format!("order: {line}")),
            What::Run { run, step: RunStep::NotPlanned(why) } => {
                self.write(&format!("{run} was not planned: {why}"));
            }
            other => self.write(&format!("{other:?}")),
        }
    }
}

fn director(lines: &str) -> Director<Paper> {
    let operator = "operator decides in 10s, 2 approvers";
    let text = format!("title A test\n{operator}\n{lines}\n");
    Director::new(&parse("test", &text).expect("it can be read").fixed(1), 1, Tempo(100))
}

/// What is asked of the stage while these lines happen.
async fn asked(lines: &str, refusals: u32, expected: Expect) {
    let (director, stage) = (director(lines), Paper::new(refusals));
    director.enter(Arc::clone(&stage));
    director.begin();
    director.go_on_duty();
    sleep(Duration::from_secs(5)).await;
    director.leave();
    expected.assert_eq(&stage.text());
}

#[tokio::test(start_paused = true)]
async fn lines_happen_a_hundred_times_as_fast() {
    let lines = "at 10s lag replication 1m\n+5s restart service of standby\n+20s lose primary\n\
                 at 40s restore primary\n";
    asked(
        lines,
        0,
        expect![[r#"
            0100 lag replication 1m (ReplicationLag(600))
            0150 order: restart service of standby
            0150 restarted standby
            0350 lose primary (RegionLost(Primary))
            0400 restore primary (RegionLost(Primary))"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn who_is_refused_asks_again_and_a_rival_does_not() {
    asked(
        "at 10s run failover\n+1s run rival failover\n",
        3,
        expect![[r#"
            0100 order: run failover
            0100 failover-operator-1 was not planned: not now
            0110 order: run rival failover
            0110 failover-rival-2 was not planned: not now
            0200 failover-operator-3 was not planned: not now
            0300 planned failover-operator-4, attempt 3
            0300 runner of failover-operator-4"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_watches_begins_a_failover() {
    let lines = "operator detects by 3 failed probes every 10s, decides in 10s, 2 approvers\n\
                 at 10s lose primary";
    let text = format!("title A test\n{lines}\n");
    let scenario = parse("test", &text).expect("it can be read").fixed(1);
    let (director, stage) = (Director::new(&scenario, 1, Tempo(100)), Paper::new(0));
    director.enter(Arc::clone(&stage));
    director.begin();
    director.go_on_duty();
    sleep(Duration::from_secs(2)).await;
    director.leave();
    expect![[r#"
        0100 lose primary (RegionLost(Primary))
        0400 planned failover-watch-1, attempt 1
        0400 runner of failover-watch-1"#]]
    .assert_eq(&stage.text());
}

#[tokio::test(start_paused = true)]
async fn things_happen_exactly_at_the_steps_of_runners() {
    let lines = "at 1s run failover\nstep 1 lose witness\nbefore promote-database kill runner for 3s\n\
                 behind open lose standby\nat 2s interrupt action 2 times";
    let (director, stage) = (director(lines), Paper::new(0));
    director.enter(Arc::clone(&stage));
    director.begin();
    director.go_on_duty();
    sleep(Duration::from_millis(100)).await;
    let mut spoiled = Vec::new();
    for cue in [
        Cue::Plain,
        Cue::Plain,
        Cue::Attempt,
        Cue::Before(ActionName::PromoteDatabase),
        Cue::Attempt,
        Cue::Attempt,
        Cue::Behind(ActionName::Open),
    ] {
        stage.write(&format!("step {}: {cue:?}", director.steps()));
        spoiled.push(director.step("failover-operator-1", cue).await);
        sleep(Duration::from_millis(100)).await;
    }
    let interrupted = Some(Spoiled::Interrupted);
    assert_eq!(spoiled, [None, None, interrupted, None, interrupted, None, None]);
    director.stopped("failover-operator-1", Waits::Approval(ActionName::ApproveLoss));
    sleep(Duration::from_millis(500)).await;
    assert!(!director.is_over());
    director.stopped("failover-operator-1", Waits::Over);
    assert!(director.is_over());
    director.leave();
    expect![[r#"
        0010 order: run failover
        0010 planned failover-operator-1, attempt 1
        0010 runner of failover-operator-1
        0020 order: interrupt action 2 times
        0100 step 0: Plain
        0200 step 1: Plain
        0200 lose witness (WitnessLost)
        0300 step 2: Attempt
        0400 step 3: Before(PromoteDatabase)
        0400 order: kill runner for 3s
        0400 killed the runner of failover-operator-1
        0450 runner of failover-operator-1
        0500 step 4: Attempt
        0600 step 5: Attempt
        0700 step 6: Behind(Open)
        0700 lose standby (RegionLost(Standby))
        0900 approver-1: Approve { action: ApproveLoss, lasts: DurationMs(6000) } of failover-operator-1
        0900 approver-2: Approve { action: ApproveLoss, lasts: DurationMs(6000) } of failover-operator-1"#]].assert_eq(&stage.text());
}
