//! Event sources and schedules of the standby.

use topology::Home;

use super::serving;
use super::taking::{self, Taking};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::inputs::decided;
use crate::judge::Judge;
use crate::payment_path::PaymentPath;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Event source mappings of the standby, and schedules that act on shared data, are off until the Region is
    /// activated.
    ///
    /// ## What is checked
    ///
    /// The stores of payments are members of global databases, tables with replicas in both Regions and buckets that
    /// replicate. In the standby, what takes events is off (`Enabled: false` of an `AWS::Lambda::EventSourceMapping`
    /// and of an event of a serverless function, `DesiredState: STOPPED` of an `AWS::Pipes::Pipe`) if it gives them to
    /// what may write such a store, or if the primary reads the stream of the same replicated table too. A rule or
    /// schedule that is on in both Regions does not start the same function or state machine in both if that may write
    /// such a store. Reading a database's secret from inside a VPC counts as writing. What works on its own Region's
    /// queues and tables alone is left out, and so are pairs in which both Regions take requests all the time. That all
    /// this is switched on in the takeover, and off in the Region that was left, only a run shows.
    ///
    /// ## Why it hurts
    ///
    /// Both Regions work on the same events: payments are processed twice, customers are told twice. And a Region
    /// that comes back works off what was left in its queues.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Enabled: false
    /// ```
    ///
    /// in the template of both Regions; activating a Region calls `UpdateEventSourceMapping`.
    ///
    /// ## Source
    ///
    /// ARC Region switch guide, "Lambda event source mapping execution block"; AWS Lambda Developer Guide, "How
    /// Lambda processes records from stream and queue-based event sources".
    "lambda-esm-disabled-in-standby": Blocker, TwoWriters, Documented, Pair;
    why: "both Regions work on the same events, or a Region that returns works off what was left in its queues";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    if serving::both_serve(design) {
        return;
    }
    let path = PaymentPath::of(design);
    mappings(design, judge, &path);
    for (kind, targets) in
        [("AWS::Events::Rule", "Targets"), ("AWS::Scheduler::Schedule", "Target")]
    {
        for schedule in design.of_home(kind, Home::Standby) {
            if schedule.at("ScheduleExpression").exists().known() == Some(true) {
                judge.subject();
                schedules(design, judge, &path, schedule, targets);
            }
        }
    }
}

fn mappings(design: &Design, judge: &mut Judge<'_>, path: &PaymentPath<'_>) {
    let of_primary = taking::of_home(design, &path.functions, Home::Primary);
    for taking in taking::of_home(design, &path.functions, Home::Standby) {
        judge.subject();
        let harm = harm(design, path, &of_primary, &taking);
        let Some(Some(harm)) = judge.known(&taking.switch, harm) else { continue };
        if judge.known(&taking.switch, taking.is_on()) != Some(Some(true)) {
            continue;
        }
        if let Some(why) = taking.decided() {
            judge.cannot_judge(&taking.switch, why);
            continue;
        }
        let name = taking.switch.path.rsplit('.').next().unwrap_or_default();
        let state = match taking.switch.text().known() {
            Some(text) => format!("`{name}` is `{text}`"),
            None => format!("`{name}` is absent, which means on"),
        };
        judge.finding(
            &taking.switch,
            format!("{state}: {harm}"),
            format!(
                "set `{name}: {}` in both Regions, and let the activation of a Region turn it on there by API \
                 (`UpdateEventSourceMapping`, `StartPipe`)",
                taking.off
            ),
        );
    }
}

/// What is done twice or too early when this takes events; absent where nothing outside of its Region is touched.
fn harm<'d>(
    design: &'d Design,
    path: &PaymentPath<'d>,
    of_primary: &[Taking<'d>],
    taking: &Taking<'d>,
) -> Answer<String> {
    if let Some(table) = replicated(design, path, taking) {
        let mut same = of_primary.iter().filter(|primary| {
            replicated(design, path, primary).is_some_and(|other| other.is(table))
        });
        let is_read = same.any(|primary| primary.is_on() == Answer::Known(true));
        let both = || format!("both Regions process each change of `{}`", table.id());
        return if is_read { Answer::Known(both()) } else { Answer::Absent };
    }
    let Some(worker) = taking.worker else {
        return Answer::Unknown(Unknown("what it calls is not in these templates".into()));
    };
    let Some(act) = path.act(worker) else {
        return path.unread(worker).map_or(Answer::Absent, Answer::Unknown);
    };
    let works = match taking.source(design) {
        Some(source) => format!("the standby works off `{}`", source.id()),
        None => format!("`{}` takes events in the standby", taking.resource.id()),
    };
    let (who, action, store) = (worker.id(), act.action, act.store.id());
    Answer::Known(format!("{works}, and `{who}` may `{action}` on `{store}`"))
}

/// The table with replicas in both Regions whose stream is read: each Region sees every change of it.
fn replicated<'d>(
    design: &'d Design,
    path: &PaymentPath<'d>,
    taking: &Taking<'d>,
) -> Option<Resource<'d>> {
    let value = taking.source.value().known()?;
    let by_arn = || {
        let text = design.text(value).known()?;
        let (table, _) = text.split_once("/stream/")?;
        path.stores.named(&Value::Text(table.to_owned()))
    };
    path.stores.named(value).or_else(by_arn)
}

fn schedules<'d>(
    design: &'d Design,
    judge: &mut Judge<'_>,
    path: &PaymentPath<'d>,
    schedule: Resource<'d>,
    targets: &str,
) {
    let Some(primary) = design.counterpart(schedule) else { return };
    if !is_on(schedule) || !is_on(primary) {
        return;
    }
    for target in judge.items(&schedule.at(targets)) {
        let Some(started) = path.started(&target.at("Arn")) else { continue };
        let Some(act) = path.act(started) else {
            if let Some(why) = path.unread(started) {
                judge.cannot_judge(&target, why);
            }
            continue;
        };
        if let Some(why) = decided(schedule, "State") {
            judge.cannot_judge(&schedule.at("State"), why);
            continue;
        }
        judge.finding_with(
            &schedule.at("State"),
            &[primary.at("State"), started.whole()],
            format!(
                "`{}` is on in both Regions and starts `{}`, which may `{}` on `{}`",
                schedule.id(),
                started.id(),
                act.action,
                act.store.id()
            ),
            "set `State: DISABLED` in both Regions and let the activation of a Region enable it; allow it only if what it \
             starts asks first which Region is the active one",
        );
    }
}

fn is_on(schedule: Resource<'_>) -> bool {
    match schedule.at("State").text() {
        Answer::Absent => true,
        Answer::Known(state) => state != "DISABLED",
        Answer::Unknown(_) => false,
    }
}
