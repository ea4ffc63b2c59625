//! What a run asks people to approve of, in words: what they accept, how old that is, and who has approved.

use std::fmt::Write as _;

use fence::{Author, Millis, RunId};
use payments::{Amount, Currency, Money};
use runbook::{
    Action, ActionName, Entry, Event, Evidence, Failure, Next, Plan, approvers, evidence, next,
};

/// What a run asks people to approve of.
pub(crate) struct Asked<'j> {
    pub(crate) action: &'j Action,
    /// Who has, so that it counts.
    pub(crate) by: Vec<&'j Author>,
    entries: &'j [Entry],
    now: Millis,
}

impl<'j> Asked<'j> {
    /// What the run with this journal asks for at an instant, if it asks for anything.
    pub(crate) fn of(entries: &'j [Entry], now: Millis) -> Option<Self> {
        let Next::Approval { action, .. } = next(entries, now) else { return None };
        let by = approvers(entries, action.name, now);
        Some(Self { action, by, entries, now })
    }

    /// All that there is to decide by.
    pub(crate) fn shown(&self, run: &RunId) -> String {
        let mut text = String::new();
        if let Some((plan, by, reason)) = planned(self.entries) {
            let Plan { kind, source, target, .. } = plan;
            let _ = writeln!(
                text,
                "run {run}: {kind} from {source} to {target}, asked for by {by}: {reason}"
            );
            text.push_str(&self.accepted(plan));
        }
        text + &self.count() + "\n"
    }

    /// How many have approved, and who.
    pub(crate) fn count(&self) -> String {
        count(self.action, &self.by)
    }

    fn accepted(&self, plan: &Plan) -> String {
        let seen = evidence(self.entries);
        let when = seen.map_or_else(String::new, |(_, at)| {
            format!(", as it was seen {} s ago", self.now.since(at).0 / 1_000)
        });
        let detached = match self.action.name {
            ActionName::ApproveDetach => detached(plan, self.entries),
            _ => String::new(),
        };
        let unknown = Evidence::default();
        let seen = seen.map_or(&unknown, |(evidence, _)| evidence);
        format!("whoever approves accepts this{when}:\n{detached}{}", lost(plan, seen, self.now))
    }
}

/// How many have approved of an action, and who.
pub(crate) fn count(action: &Action, by: &[&Author]) -> String {
    let names: Vec<&str> = by.iter().map(|by| by.as_str()).collect();
    let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    format!("`{}` is approved by {} of {}{names}", action.name, by.len(), action.approvers)
}

fn planned(entries: &[Entry]) -> Option<(&Plan, &Author, &str)> {
    entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Planned { plan, by, reason } => Some((&**plan, by, reason.as_str())),
        _ => None,
    })
}

fn lost(plan: &Plan, evidence: &Evidence, now: Millis) -> String {
    let Plan { source, target, .. } = plan;
    let measured = evidence.lag_at.map_or_else(String::new, |at| {
        format!(", as it was measured {} s ago", now.since(at).0 / 1_000)
    });
    let behind = match evidence.lag_ms {
        Some(ms) => {
            format!("was {}.{:03} s behind that of {source}{measured}", ms / 1_000, ms % 1_000)
        }
        None => format!("was behind that of {source} by nobody knows how much"),
    };
    let missing = match evidence.intents_missing {
        Some(0) => "no payment or refund that was accepted is known to be missing in it".to_owned(),
        Some(count) => format!(
            "{count} accepted payments and refunds are not in it, and are held until it is known what became of them"
        ),
        None => "how many accepted payments and refunds are not in it is not known".to_owned(),
    };
    let which = which(evidence);
    format!("  the database of {target}, which is to take over, {behind}\n  {missing}\n{which}")
}

/// How much money the missing ones are, and their ids, as far as these were written down.
fn which(evidence: &Evidence) -> String {
    let mut text = String::new();
    if !evidence.money.is_empty() {
        let money = evidence.money.iter().map(|(currency, units)| money(currency, *units));
        let _ = writeln!(text, "  their money: {}", money.collect::<Vec<_>>().join(", "));
    }
    for id in &evidence.named {
        let _ = writeln!(text, "    {id}");
    }
    let named = evidence.named.len() as u64;
    match evidence.intents_missing {
        Some(count) if named > 0 && count > named => {
            let _ = writeln!(text, "    and {} more", count - named);
        }
        _ => {}
    }
    text
}

/// Money as people write it, such as USD 12.34.
fn money(currency: &str, units: u64) -> String {
    let known = Currency::find(currency).zip(i64::try_from(units).ok().and_then(Amount::new));
    let money = known.map(|(currency, amount)| Money::new(amount, currency).to_string());
    money.unwrap_or_else(|| format!("{units} minor units of {currency}"))
}

/// Why a database is to be detached, and what that means.
fn detached(plan: &Plan, entries: &[Entry]) -> String {
    let refused = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Ended { action: ActionName::PromoteDatabase, result: Err(failure), .. } => {
            Some(failure)
        }
        _ => None,
    });
    let why = refused.map_or("it was refused".to_owned(), Failure::to_string);
    let target = &plan.target;
    format!(
        "  {target} cannot be promoted ({why}):\n  its database leaves the global one, which is made anew afterwards\n"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;
    use fence::RegionName;
    use runbook::{Homes, Observed, PlanKind, RunnerName, supposed};

    use super::*;

    fn entries(evidence: Evidence) -> Vec<Entry> {
        let [primary, standby, witness] =
            ["us-east-1", "us-east-2", "us-west-2"].map(RegionName::new);
        let plan = supposed(PlanKind::Failover, &Homes { primary, standby, witness });
        let (by, reason) = (Author::new("ann"), "gone".to_owned());
        let runner = || RunnerName("n1".to_owned());
        let mut events = vec![Event::Planned { plan: Box::new(plan), by, reason }];
        for (action, seen) in [
            (ActionName::Triage, Observed::Done),
            (ActionName::SnapshotEvidence, Observed::Evidence(evidence)),
        ] {
            events.push(Event::Began { action, attempt: 1, runner: runner() });
            events.push(Event::Ended { action, attempt: 1, runner: runner(), result: Ok(seen) });
        }
        let (by, expires_at) = (Author::new("bob"), Millis(600_000));
        let (action, shown) = (ActionName::ApproveLoss, Evidence::default());
        events.push(Event::Approved { action, by, expires_at, shown });
        let entry = |(position, event)| Entry { position, at: Millis(1_000), event };
        (0..).zip(events).map(entry).collect()
    }

    fn shown(evidence: Evidence) -> String {
        let entries = entries(evidence);
        let asked = Asked::of(&entries, Millis(5_000)).expect("it waits for approval");
        asked.shown(&RunId::new("r1"))
    }

    #[test]
    fn what_is_accepted() {
        let money = [("JPY", 500), ("USD", 1_234), ("XXY", 7)];
        let known = Evidence {
            lag_ms: Some(1_200),
            lag_at: Some(Millis(500)),
            intents_missing: Some(3),
            named: vec!["pay_1".to_owned(), "ref_2".to_owned()],
            money: money.map(|(currency, units)| (currency.to_owned(), units)).into(),
        };
        expect![[r#"
            run r1: failover from us-east-1 to us-east-2, asked for by ann: gone
            whoever approves accepts this, as it was seen 4 s ago:
              the database of us-east-2, which is to take over, was 1.200 s behind that of us-east-1, as it was measured 4 s ago
              3 accepted payments and refunds are not in it, and are held until it is known what became of them
              their money: JPY 500, USD 12.34, 7 minor units of XXY
                pay_1
                ref_2
                and 1 more
            `approve-loss` is approved by 1 of 2: bob
        "#]]
        .assert_eq(&shown(known));
        let unknown = Evidence { money: BTreeMap::new(), ..Evidence::default() };
        expect![[r#"
            run r1: failover from us-east-1 to us-east-2, asked for by ann: gone
            whoever approves accepts this, as it was seen 4 s ago:
              the database of us-east-2, which is to take over, was behind that of us-east-1 by nobody knows how much
              how many accepted payments and refunds are not in it is not known
            `approve-loss` is approved by 1 of 2: bob
        "#]]
        .assert_eq(&shown(unknown));
    }
}
