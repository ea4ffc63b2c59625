//! The fence over both replicas: a switchover that is given up and a failover, with each single request of them losing
//! its answer, and failing in one other way; and races for the record and the lease.

use aws::ControlTable;
use fence::{
    Author, Begin, Command, ControlStore, Epoch, Fence, FenceWait, Holder, HolderId, Millis,
    NotRenewed, Order, RegionName, RunId, RunKind, Step, Tenure, Timing, Transition, fence_once,
    renew_once, transition,
};
use tokio::task::JoinSet;

use crate::double::{Double, Fault};
use crate::samples::{HASTY, PATIENT, table};

/// How many tell their stories at once.
const TELLERS: usize = 8;

fn order(command: Command) -> Order {
    Order { command, by: Author::new("ann"), reason: "a test".to_owned() }
}

fn begin(run: &str, kind: RunKind, seen: u64) -> Order {
    order(Command::Begin(Begin {
        run: RunId::new(run),
        kind,
        seen: Epoch::new(seen),
        source: RegionName::new("us-east-1"),
        target: RegionName::new("us-east-2"),
    }))
}

fn step(run: &str, epoch: u64, step: Step) -> Order {
    order(Command::Step { run: RunId::new(run), epoch: Epoch::new(epoch), step })
}

fn holder(region: &str, id: &str) -> Holder {
    Holder { region: RegionName::new(region), id: HolderId::new(id), tenure: Tenure::Alone }
}

/// A story, and what is told of it.
struct Story {
    table: ControlTable,
    told: Vec<String>,
}

impl Story {
    async fn orders(&mut self, order: Order) {
        let transition = transition(&self.table, &order).await;
        self.told.push(format!("{transition:?}"));
    }

    async fn renews(&mut self, region: &str, id: &str, now: u64) {
        let holder = holder(region, id);
        let timing = Timing::default();
        let sighting = renew_once(&self.table, &holder, &timing, Millis(now)).await;
        self.told.push(format!("{:?}", sighting.held()));
    }

    async fn fences(&mut self, run: &str, epoch: u64, now: u64) -> Option<Step> {
        let (run, epoch) = (RunId::new(run), Epoch::new(epoch));
        let fence = fence_once(&self.table, &run, epoch, &Timing::default(), Millis(now)).await;
        self.told.push(format!("{fence:?}"));
        match fence {
            Ok(Fence::Revoked(FenceWait::Over(stopped))) => {
                Some(Step::PassPointOfNoReturn(stopped))
            }
            _ => None,
        }
    }

    /// A switchover that is given up, then a failover to its end.
    async fn goes_on(mut self) -> Vec<String> {
        self.orders(order(Command::Initialize { region: RegionName::new("us-east-1") })).await;
        self.renews("us-east-1", "east-1", 0).await;
        self.renews("us-east-1", "east-2", 1_000).await;
        self.orders(begin("r1", RunKind::Switchover, 1)).await;
        self.renews("us-east-1", "east-1", 3_000).await;
        self.fences("r1", 2, 3_500).await;
        self.orders(step("r1", 2, Step::Abort)).await;
        self.orders(step("r1", 2, Step::Close)).await;
        self.renews("us-east-1", "east-1", 4_000).await;
        self.orders(begin("r2", RunKind::Failover, 2)).await;
        self.fences("r2", 3, 5_000).await;
        self.renews("us-east-1", "east-1", 7_000).await;
        let passes = self.fences("r2", 3, 16_000).await.expect("the source has stopped");
        self.orders(step("r2", 3, passes)).await;
        self.orders(step("r2", 3, Step::Abort)).await;
        self.orders(step("r2", 3, Step::Open)).await;
        self.renews("us-east-2", "west-1", 16_500).await;
        self.orders(step("r2", 3, Step::DirectTraffic)).await;
        self.orders(step("r2", 3, Step::Close)).await;
        self.told
    }
}

#[tokio::test]
async fn one_request_fails_and_nobody_notices() {
    let faultless = Double::start().await;
    let story = Story { table: table(&faultless, PATIENT), told: Vec::new() };
    let told = story.goes_on().await;
    let requests = faultless.local.requests();
    assert!(requests > 40, "{requests} requests");
    let others = [
        Fault::LosesQuestion,
        Fault::HangsWithAnswer,
        Fault::ArrivesLate,
        Fault::Says(400, "ThrottlingException"),
        Fault::SaysAfter(500, "InternalServerError"),
    ];
    let mut tellers = JoinSet::new();
    for teller in 0..TELLERS {
        let told = told.clone();
        tellers.spawn(async move {
            let double = Double::start().await;
            let table = table(&double, HASTY);
            for place in (teller..requests).step_by(TELLERS) {
                for fault in [Fault::LosesAnswer, others[place % others.len()]] {
                    with_fault(&double, &table, fault, place, &told).await;
                }
            }
        });
    }
    tellers.join_all().await;
}

/// The story with this fault of the request at this place.
async fn with_fault(
    double: &Double,
    table: &ControlTable,
    fault: Fault,
    place: usize,
    told: &[String],
) {
    double.local.next(&vec![Fault::None; place]);
    double.local.next(&[fault]);
    let story = Story { table: table.clone(), told: Vec::new() };
    assert_eq!(story.goes_on().await, told, "{fault:?} at {place}");
    let before = table.read_record().await;
    double.local.deliver().await;
    assert_eq!(table.read_record().await, before, "{fault:?} at {place}: late");
    for id in ["dr#system", "dr#lease#us-east-1", "dr#lease#us-east-2"] {
        double.forget(id);
    }
}

#[tokio::test]
async fn with_both_replicas_gone_no_lease_is_renewed() {
    let mut double = Double::start().await;
    let table = table(&double, PATIENT);
    let begins = order(Command::Initialize { region: RegionName::new("us-east-1") });
    transition(&table, &begins).await.expect("the table answers");
    let holder = holder("us-east-1", "east-1");
    double.local.close().await;
    let held = renew_once(&table, &holder, &Timing::default(), Millis(0)).await;
    assert!(held.held().is_ok(), "the other replica stands in");
    double.other.close().await;
    let lost = renew_once(&table, &holder, &Timing::default(), Millis(3_000)).await;
    let Err(NotRenewed::NoAnswer(no_answer)) = lost.held() else { panic!("{lost:?}") };
    assert!(no_answer.cause.contains("in the other Region: "), "{no_answer}");
    assert!(no_answer.cause.contains("Connection refused"), "{no_answer}");
    assert!(transition(&table, &begin("r1", RunKind::Failover, 1)).await.is_err());
    double.other.reopen().await;
    let again = renew_once(&table, &holder, &Timing::default(), Millis(4_000)).await;
    assert!(again.held().is_ok(), "{again:?}");
}

#[tokio::test]
async fn of_sixteen_runs_one_begins() {
    let double = Double::start().await;
    double.local.next(&[Fault::None, Fault::LosesAnswer, Fault::LosesQuestion].repeat(8));
    let table = table(&double, PATIENT);
    let begins = order(Command::Initialize { region: RegionName::new("us-east-1") });
    transition(&table, &begins).await.expect("the table answers");
    let mut runs = JoinSet::new();
    for number in 0..16 {
        let table = table.clone();
        runs.spawn(async move {
            let order = begin(&format!("r{number}"), RunKind::Failover, 1);
            transition(&table, &order).await.expect("the table answers")
        });
    }
    let transitions = runs.join_all().await;
    let done = transitions.iter().filter(|one| matches!(one, Transition::Done(_)));
    assert_eq!(done.count(), 1, "{transitions:?}");
    let record = table.read_record().await.expect("the table answers").expect("it is there");
    assert_eq!(record.epoch(), Epoch::new(2));
}

#[tokio::test]
async fn of_sixteen_holders_all_that_hold_are_in_the_lease() {
    let double = Double::start().await;
    double.local.next(&[Fault::None, Fault::LosesAnswer, Fault::LosesQuestion].repeat(8));
    let table = table(&double, PATIENT);
    let begins = order(Command::Initialize { region: RegionName::new("us-east-1") });
    transition(&table, &begins).await.expect("the table answers");
    let mut holders = JoinSet::new();
    for number in 0..16 {
        let table = table.clone();
        holders.spawn(async move {
            let holder = holder("us-east-1", &format!("h{number}"));
            let sighting = renew_once(&table, &holder, &Timing::default(), Millis(0)).await;
            sighting.held().is_ok().then_some(holder.id)
        });
    }
    let held: Vec<HolderId> = holders.join_all().await.into_iter().flatten().collect();
    let region = RegionName::new("us-east-1");
    let lease = table.read_lease(&region).await.expect("the table answers").expect("it is there");
    assert!(!held.is_empty());
    for id in held {
        assert!(lease.holders.contains_key(&id), "{id} holds it");
    }
}
