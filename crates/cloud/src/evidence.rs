//! What is known of a run besides its journal: API calls by attempt, what the opened ledger lacked, alarms.

use fence::RunId;
use report::{Alarm, ApiCall, AttemptCalls, Known, Objectives, Probe, has_asked_dns, opened};
use runbook::{Entry, Event};
use tokio::task::JoinSet;

use crate::reach::{Reach, now};

/// How many attempts' calls are asked for at once.
const AT_ONCE: usize = 16;

impl Reach {
    /// What is known of the run with this journal. What is not has its reason there.
    pub async fn known(&self, entries: &[Entry]) -> Known {
        let promised = self.system.objectives;
        let objectives = Objectives { rto_ms: promised.rto.0, rpo_ms: promised.rpo.0 };
        let home = Some(self.system.homes.primary.to_string());
        let mut known = Known { home, objectives: Some(objectives), ..Known::default() };
        match self.calls_of_attempts(entries).await {
            Ok(calls) => known.calls = Some(calls),
            Err(cause) => {
                known.why.insert("/api_calls".to_owned(), format!("the control table: {cause}"));
            }
        }
        let Some(plan) = opened(entries) else { return known };
        match self.recovered(plan).await {
            Ok(recovered) => {
                known.movements = Some(recovered.into_iter().map(Into::into).collect());
            }
            Err(cause) => known.lacks_movements(&format!("no ledger answers: {cause}")),
        }
        known
    }

    /// How the alarms of both Regions stand now.
    pub async fn alarms_now(&self, known: &mut Known) {
        let prefix = self.system.beginning();
        let (mut all, mut silent) = (Vec::new(), Vec::new());
        for site in &self.sites {
            match site.alarms(&prefix, self.ways.call_limit).await {
                Ok(alarms) => all.extend(alarms.into_iter().map(|alarm| Alarm {
                    region: site.region.to_string(),
                    name: alarm.name,
                    state: alarm.state,
                })),
                Err(fault) => silent.push(format!("{}: {}", site.region, fault.said())),
            }
        }
        if silent.is_empty() {
            known.alarms = Some(all);
        } else {
            known.why.insert("/alarms".to_owned(), silent.join("; "));
        }
    }

    /// Where the name leads now, where the run has not asked DNS for that.
    pub async fn dns_now(&self, entries: &[Entry], known: &mut Known) {
        if has_asked_dns(entries) {
            return;
        }
        let servers = self.dns_servers().await;
        let notes = self.survey(&servers).await.notes(now());
        let probes = notes.dns.into_iter().map(|note| Probe {
            at: note.at.0,
            asked: format!("{}, when the report was made", note.asked),
            name: note.name,
            answer: note.answer,
        });
        known.dns.after = Some(probes.collect());
    }

    /// The calls of every attempt that began; an attempt whose calls were not kept has none here.
    async fn calls_of_attempts(&self, entries: &[Entry]) -> Result<Vec<AttemptCalls>, String> {
        let Some(run) = run(entries) else { return Ok(Vec::new()) };
        let began = entries.iter().filter_map(|entry| match &entry.event {
            Event::Began { action, attempt, .. } => Some((entry.position, *action, *attempt)),
            _ => None,
        });
        let began: Vec<_> = began.collect();
        let mut all = Vec::new();
        for some in began.chunks(AT_ONCE) {
            let mut asked = JoinSet::new();
            for which in some.iter().copied() {
                let (table, run) = (self.table.clone(), run.clone());
                asked.spawn(async move { (which, table.calls(&run, which.0).await) });
            }
            let mut answers = asked.join_all().await;
            answers.sort_by_key(|((position, ..), _)| *position);
            for ((_, action, attempt), kept) in answers {
                let calls = kept.map_err(|said| said.to_string())?.unwrap_or_default();
                let (action, calls) = (action.to_string(), calls.into_iter().map(call).collect());
                all.push(AttemptCalls { action, attempt, calls });
            }
        }
        Ok(all)
    }
}

fn run(entries: &[Entry]) -> Option<&RunId> {
    entries.iter().find_map(|entry| match &entry.event {
        Event::Planned { plan, .. } => Some(&plan.run),
        _ => None,
    })
}

fn call(call: aws::Call) -> ApiCall {
    ApiCall {
        at: call.at,
        region: call.region,
        service: call.service,
        operation: call.operation,
        request_id: call.request_id,
        status: call.status,
        ms: call.ms,
    }
}
