//! Histories written as tables, one moment on a line: seconds, then words.
//!
//! Payments are `p1`, `p2`; a refund of `p1` is `f2:p1`; requests are `r0`, `r1`. `pay` is a whole
//! life of a payment, one millisecond for each step, and puts it into the ledger of the end;
//! `failover` is one by the book, up to its point of no return.

use std::collections::BTreeMap;

use drill::{
    Answer, Card, ClientRequest, End, History, Moment, RequestKind, RunStep, Scenario, Site, What,
    parse,
};
use fence::{
    Author, ControlRecord, DurationMs, Epoch, PointOfNoReturn, RecordFields, RegionName, Run,
    RunId, RunKind,
};
use payments::{
    AccountId, IdempotencyKey, MovementId, PaymentId, ProcessorKey, RefundId, Scope, ScopedKey,
    State, Time,
};
use runbook::ActionName;

use crate::history_end::Ledger;
use crate::history_runs::Journals;

/// What a client wants when no line says so, in minor units.
pub(crate) const PRICE: i64 = 1_234;

/// The history and the scenario that the table means.
pub(crate) fn read(table: &str) -> (Scenario, History) {
    let mut reader = Reader::default();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        reader.line(&words).unwrap_or_else(|| panic!("no such line: `{line}`"));
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    expectations: Vec<String>,
    requests: BTreeMap<u32, ClientRequest>,
    moments: Vec<Moment>,
    journals: Journals,
    ledger: Ledger,
    record: Option<ControlRecord>,
    left: Vec<String>,
    end_ms: Option<u64>,
}

impl Reader {
    fn line(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["expect", rest @ ..] => self.expectations.push(rest.join(" ")),
            ["request", request, "wants", units] => {
                self.request(request)?.minor_units = units.parse().ok()?;
            }
            ["request", request, "refunds", of, units] => {
                let of = number(of)?;
                let request = self.request(request)?;
                request.kind = RequestKind::Refund { of };
                request.minor_units = units.parse().ok()?;
            }
            ["card", request, "accepts"] => self.request(request)?.card = Card::Accepts,
            ["card", request, "declines"] => self.request(request)?.card = Card::Declines,
            ["ledger", movement, rest @ ..] => self.ledger.line(self::movement(movement)?, rest)?,
            ["intent", movement, state] => {
                self.ledger.intend(self::movement(movement)?, state)?;
            }
            ["left", rest @ ..] => self.left.push(rest.join(" ")),
            ["end", at] => self.end_ms = Some(ms(at)?),
            [at, "pay", request, movement, site, epoch] => {
                self.pay(ms(at)?, request, self::movement(movement)?, site, epoch)?;
            }
            [at, "failover", run] => self.fail_over(ms(at)?, run)?,
            [at, rest @ ..] => {
                let what = self.what(rest)?;
                self.push(ms(at)?, what);
            }
            [] => {}
        }
        Some(())
    }

    fn push(&mut self, at_ms: u64, what: What) {
        self.moments.push(Moment { at_ms, what });
    }

    fn request(&mut self, word: &str) -> Option<&mut ClientRequest> {
        let number = number(word)?;
        for client in 0..=number {
            self.requests.entry(client).or_insert_with(|| ClientRequest {
                client,
                key: format!("k{client}"),
                kind: RequestKind::Payment,
                account: 0,
                minor_units: PRICE,
                card: Card::NotKnown,
            });
        }
        self.requests.get_mut(&number)
    }

    fn asked(&mut self, word: &str) -> Option<u32> {
        self.request(word)?;
        number(word)
    }

    /// Sent, accepted, committed, acknowledged, paid, committed, and in the books.
    fn pay(
        &mut self,
        at_ms: u64,
        request: &str,
        movement: MovementId,
        site: &str,
        epoch: &str,
    ) -> Option<()> {
        let (id, key) = (movement_word(movement), request.replace('r', "k"));
        for (later_ms, line) in (0..).zip([
            format!("sent {request} 1 {site}"),
            format!("intent {id} {key} {site}"),
            format!("commit {site} {id} {epoch}/{epoch} posted open"),
            format!("told {request} 1 {site} {id}"),
            format!("moved {id} {PRICE} {site}"),
            format!("commit {site} {id} {epoch}/{epoch} succeeded open"),
        ]) {
            let what = self.what(&line.split_whitespace().collect::<Vec<_>>())?;
            self.push(at_ms + later_ms, what);
        }
        self.ledger.write(movement, PRICE, State::Succeeded);
        Some(())
    }

    /// Planned, approved, begun, waited for, and passed.
    fn fail_over(&mut self, at_ms: u64, run: &str) -> Option<()> {
        for line in [
            "run R planned failover approve-loss*1,begin-run,wait-for-fence,hold-missing",
            "run R approved approve-loss ann 999",
            "run R began begin-run 1",
            "record fenced 2 - R failover primary ahead",
            "run R ended begin-run 1 done",
            "run R began wait-for-fence 1",
            "run R ended wait-for-fence 1 done",
            "record fenced 2 - R failover primary passed",
        ] {
            let words = line.split_whitespace().map(|word| if word == "R" { run } else { word });
            let what = self.what(&words.collect::<Vec<_>>())?;
            self.push(at_ms, what);
        }
        Some(())
    }

    fn what(&mut self, words: &[&str]) -> Option<What> {
        Some(match words {
            ["sent", request, attempt, to] => {
                let (request, attempt) = (self.asked(request)?, attempt.parse().ok()?);
                What::Sent { request, attempt, to: site(to)? }
            }
            ["told", request, attempt, from, answer] => {
                let (request, attempt) = (self.asked(request)?, attempt.parse().ok()?);
                What::Told { request, attempt, from: site(from)?, answer: self::answer(answer)? }
            }
            ["commit", site, movement, epochs, state, gate] => {
                let (epoch, row_epoch) = epochs.split_once('/')?;
                What::Committed {
                    site: self::site(site)?,
                    epoch: epoch.parse().ok()?,
                    row_epoch: row_epoch.parse().ok()?,
                    movement: self::movement(movement)?,
                    state: State::find(state),
                    gate: match *gate {
                        "run" => None,
                        gate => Some(gate == "open"),
                    },
                }
            }
            ["moved", movement, units, from] => self.moved(movement, movement, units, from)?,
            ["moved", movement, units, from, "under", key] => {
                self.moved(key, movement, units, from)?
            }
            ["gate", site, "closed"] => {
                What::Gate { site: self::site(site)?, open: None, reason: "lease_expired" }
            }
            ["gate", site, "open", epoch] => {
                What::Gate { site: self::site(site)?, open: epoch.parse().ok(), reason: "" }
            }
            ["record", rest @ ..] => {
                let record = record(rest)?;
                self.record = Some(record.clone());
                What::Record(Box::new(record))
            }
            ["intent", movement, key, site] => {
                let movement = self::movement(movement)?;
                let key = scoped(key, movement);
                self.ledger.name(movement, key);
                What::IntentWritten { movement, key, site: self::site(site)? }
            }
            ["promoted", site, "lost", lost @ ..] => What::Promoted {
                site: self::site(site)?,
                lost: lost.iter().map(|word| self::movement(word)).collect::<Option<_>>()?,
            },
            ["promoted", site] => What::Promoted { site: self::site(site)?, lost: Vec::new() },
            ["raised", site, epoch] => {
                What::EpochRaised { site: self::site(site)?, epoch: epoch.parse().ok()? }
            }
            ["held", movement] => {
                What::Quarantine { movement: self::movement(movement)?, held: true }
            }
            ["released", movement] => {
                What::Quarantine { movement: self::movement(movement)?, held: false }
            }
            ["dns", to] => What::Dns { to: site(to)? },
            ["lag", ms] => What::Lag { ms: ms.parse().ok()? },
            ["fault", rest @ ..] => What::Happened { line: rest.join(" "), is_fault: true },
            ["mend", rest @ ..] => What::Happened { line: rest.join(" "), is_fault: false },
            ["run", run, rest @ ..] => {
                What::Run { run: (*run).to_owned(), step: self.run_step(run, rest)? }
            }
            _ => return None,
        })
    }

    fn run_step(&mut self, run: &str, words: &[&str]) -> Option<RunStep> {
        Some(match words {
            ["starts"] => RunStep::Began,
            ["dies"] => RunStep::Died,
            ["stops", rest @ ..] => RunStep::Stopped(rest.join(" ")),
            ["not-planned", rest @ ..] => RunStep::NotPlanned(rest.join(" ")),
            ["performed", action] => RunStep::Performed { action: action_of(action)?, done: true },
            entry => RunStep::Journaled(Box::new(self.journals.entry(run, entry)?)),
        })
    }

    fn moved(&self, key: &str, movement: &str, units: &str, from: &str) -> Option<What> {
        Some(What::Moved {
            key: ProcessorKey::of(self::movement(key)?),
            movement: self::movement(movement)?,
            minor_units: units.parse().ok()?,
            from: site(from)?,
        })
    }

    fn finish(self) -> (Scenario, History) {
        let mut text = String::from("title A table\n");
        if !self.expectations.is_empty() {
            text += &format!("expect {}\n", self.expectations.join(", "));
        }
        let scenario = parse("table", &text).expect("the lines of `expect` are a scenario's");
        let last_ms = self.moments.last().map_or(0, |moment| moment.at_ms);
        let (payments, postings, intents) = self.ledger.finish();
        let end = End {
            at_ms: self.end_ms.unwrap_or(last_ms),
            is_at_rest: self.left.is_empty(),
            left: self.left,
            record: self.record,
            payments,
            postings,
            intents,
        };
        let requests: Vec<_> = self.requests.into_values().collect();
        let (scenario_name, moments) = (scenario.name.clone(), self.moments);
        (scenario, History { scenario: scenario_name, seed: 7, requests, moments, end })
    }
}

/// `active 1 primary`, or with a run: `fenced 2 - R failover primary passed`; a target that traffic
/// goes to is named behind `to`.
fn record(words: &[&str]) -> Option<ControlRecord> {
    let (words, to) = match words {
        [words @ .., "to", to] => (words, Some(site(to)?)),
        words => (words, None),
    };
    let [state, epoch, active, run @ ..] = words else { return None };
    // An epoch behind a slash is the one since which nothing is lost.
    let (epoch, lost_since) = epoch.split_once('/').unwrap_or((epoch, "1"));
    let run = match run {
        [] => None,
        [id, kind, source, point] => Some(run_of(id, kind, site(source)?, point)?),
        _ => return None,
    };
    let active = site(active);
    let source = run.as_ref().map(|run| run.source.clone());
    let traffic = to.or(source.as_ref().and_then(Site::of)).or(active)?;
    let fields = RecordFields {
        epoch: Epoch::new(epoch.parse().ok()?),
        nothing_lost_since: Epoch::new(lost_since.parse().ok()?),
        state: match *state {
            "active" => fence::State::Active,
            "draining" => fence::State::Draining,
            "fenced" => fence::State::Fenced,
            _ => return None,
        },
        active_region: active.map(region),
        run,
        traffic_region: region(traffic),
        updated_by: Author::new("table"),
        reason: "a table says so".to_owned(),
    };
    Some(ControlRecord::from_stored(fields).expect("the record of a line is one that can be"))
}

fn run_of(id: &str, kind: &str, source: Site, point: &str) -> Option<Run> {
    Some(Run {
        id: RunId::new(id),
        kind: match kind {
            "switchover" => RunKind::Switchover,
            "failover" => RunKind::Failover,
            _ => return None,
        },
        source: region(source),
        target: region(source.other()),
        point_of_no_return: match point {
            "ahead" => PointOfNoReturn::Ahead,
            "passed" => PointOfNoReturn::Passed,
            _ => return None,
        },
    })
}

pub(crate) fn region(site: Site) -> RegionName {
    RegionName::new(site.region())
}

fn answer(word: &str) -> Option<Answer> {
    Some(match word {
        "refused" => Answer::Refused,
        "pending" => Answer::Pending,
        "switching" => Answer::Switching,
        "try-again" => Answer::TryAgain,
        "silence" => Answer::Silence,
        "no-connection" => Answer::NoConnection,
        movement => Answer::Acknowledged(self::movement(movement)?),
    })
}

pub(crate) fn site(word: &str) -> Option<Site> {
    Site::ALL.into_iter().find(|site| site.role() == word)
}

pub(crate) fn action_of(word: &str) -> Option<ActionName> {
    ActionName::ALL.iter().copied().find(|action| action.as_str() == word)
}

/// Seconds with three digits behind the point, or none.
pub(crate) fn ms(word: &str) -> Option<u64> {
    let (seconds, ms) = word.split_once('.').unwrap_or((word, "000"));
    Some(DurationMs(seconds.parse().ok()?).times(1_000).0 + ms.parse::<u64>().ok()?)
}

/// The number behind a letter.
fn number(word: &str) -> Option<u32> {
    word.get(1..)?.parse().ok()
}

/// `p1`, or `f2:p1` for a refund.
pub(crate) fn movement(word: &str) -> Option<MovementId> {
    let id = |word| number(word).map(|number| Time::from_ms(number.into()));
    match word.split_once(':') {
        None if word.starts_with('p') => {
            Some(MovementId::Payment(PaymentId::new(id(word)?, [0; 10])))
        }
        None => None,
        Some((refund, payment)) => {
            let (payment, refund) = (id(payment)?, id(refund)?);
            Some(MovementId::Refund(
                PaymentId::new(payment, [0; 10]),
                RefundId::new(refund, [0; 10]),
            ))
        }
    }
}

fn movement_word(movement: MovementId) -> String {
    format!("p{}", movement.payment().time().as_ms())
}

/// The account of every table.
pub(crate) fn account() -> AccountId {
    AccountId::new(Time::from_ms(0), [0; 10])
}

/// The name of the intent that this key gives to a movement.
pub(crate) fn scoped(key: &str, movement: MovementId) -> ScopedKey {
    let key = IdempotencyKey::parse(Some(key)).expect("a word is a key");
    let scope = match movement {
        MovementId::Payment(_) => Scope::PaymentsOf(account()),
        MovementId::Refund(payment, _) => Scope::RefundsOf(payment),
    };
    ScopedKey::new(scope, &key)
}
