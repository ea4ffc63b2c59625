//! A report made of a journal and of what is known besides.

mod deviations;
mod fence;
mod follow_ups;
mod legs;
mod loss;
mod not_known;
mod noted;
mod people;
mod plans;
mod recovery;
mod standing;
mod steps;
mod words;

use ::fence::Millis;
use runbook::{Entry, Heading, Plan, Summary, summary};

use crate::FORMAT;
use crate::known::Known;
use crate::report::{DnsTold, ProbeTold, Report, Run, Runner};
use legs::Leg;
pub use noted::has_asked_dns;
pub(crate) use plans::sha256;
use standing::Standing;

/// All that the parts of a report are made from.
pub(crate) struct Source<'j> {
    entries: &'j [Entry],
    known: &'j Known,
    summary: Summary<'j>,
    legs: Vec<Leg<'j>>,
    standing: Standing<'j>,
}

impl Source<'_> {
    /// The plan in force.
    fn plan(&self) -> &Plan {
        self.summary.plan
    }

    /// The leg that the run is on, or was last.
    fn last_leg(&self) -> &Leg<'_> {
        self.legs.last().expect("a run that was planned is on its way")
    }

    /// Whether the run turned back.
    fn is_back(&self) -> bool {
        self.last_leg().heading == Heading::Back
    }
}

impl Report {
    /// The report of the run with this journal, made at an instant by a program of this version; nothing before the run
    /// is planned.
    ///
    /// # Panics
    /// When a number is missing in the journal.
    #[must_use]
    pub fn of(entries: &[Entry], known: &Known, at: Millis, version: &str) -> Option<Self> {
        let source = Source {
            entries,
            known,
            summary: summary(entries)?,
            legs: legs::legs(entries),
            standing: Standing::of(entries, at),
        };
        let mut report = source.report(at, version);
        report.follow_ups = follow_ups::follow_ups(&source, &report);
        report.not_known = not_known::not_known(&source, &report);
        Some(report)
    }
}

impl Source<'_> {
    fn report(&self, at: Millis, version: &str) -> Report {
        let loss = loss::loss(self);
        let steps = steps::steps(self);
        Report {
            format: FORMAT,
            tideover: version.to_owned(),
            reported_at: words::instant(at),
            run: self.run(),
            plans: plans::plans(self.entries),
            journal_sha256: plans::journal_sha256(self.entries),
            templates: plans::templates(self),
            approvals: people::approvals(self.entries),
            preconditions: plans::preconditions(self.plan()),
            fence: fence::fence(self, &steps),
            api_calls: self
                .known
                .calls
                .as_ref()
                .map(|calls| calls.iter().map(|attempt| attempt.calls.len() as u64).sum()),
            dns: self.dns(&steps),
            recovery: recovery::recovery(self, &loss),
            alarms: self.known.alarms.clone(),
            alarms_at_decision: noted::alarms_at_decision(self.entries),
            alarms_at_end: noted::alarms_at_end(self.entries),
            kept: noted::kept(self.entries),
            reconciliation: loss::reconciliation(self, &loss),
            deviations: deviations::deviations(self, &steps),
            loss,
            steps,
            follow_ups: Vec::new(),
            not_known: Vec::new(),
        }
    }

    fn run(&self) -> Run {
        let (plan, summary) = (self.plan(), &self.summary);
        Run {
            id: plan.run.to_string(),
            kind: plan.kind.as_str(),
            source: plan.source.to_string(),
            target: plan.target.to_string(),
            witness: plan.witness.to_string(),
            initiator: summary.by.to_string(),
            initiator_principal: words::principal(summary.by),
            reason: summary.reason.to_owned(),
            change: plan.change.clone(),
            planned_at: words::instant(summary.planned_at),
            told_until: words::instant(summary.told_until),
            status: self.standing.status(),
            standing: self.standing.told(),
            runners: people::runners(self.entries)
                .map(|(runner, at)| Runner {
                    name: runner.to_string(),
                    took_at: words::instant(at),
                })
                .collect(),
        }
    }

    fn dns(&self, steps: &[crate::report::Step]) -> DnsTold {
        let told = |probes: &Option<Vec<crate::known::Probe>>| {
            let probes = probes.as_ref()?.iter().map(|probe| ProbeTold {
                at: words::instant(Millis(probe.at)),
                asked: probe.asked.clone(),
                name: probe.name.clone(),
                answer: probe.answer.clone(),
            });
            Some(probes.collect())
        };
        DnsTold {
            before: told(&self.known.dns.before).or_else(|| noted::dns_before(self.entries)),
            after: told(&self.known.dns.after).or_else(|| noted::dns_after(self.entries)),
            confirmed: words::came_of(steps, &[runbook::ActionName::ConfirmTraffic]),
        }
    }
}
