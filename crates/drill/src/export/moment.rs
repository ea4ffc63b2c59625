//! What happened, in the format.

use fence::ClosedReason;
use payments::{MovementId, ProcessorKey, State};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::record::RecordShape;
use crate::export::step::StepShape;
use crate::export::word::{Role, movement, read_key, read_movement};
use crate::history::{Answer, Moment, What};

/// A [`Moment`].
#[derive(Serialize, Deserialize)]
pub(super) struct MomentShape {
    at_ms: u64,
    #[serde(flatten)]
    what: WhatShape,
}

/// What happened: `what` names it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum WhatShape {
    Sent { request: u32, attempt: u32, to: Role },
    Told(ToldShape),
    IntentWritten { movement: String, key: String, site: Role },
    Committed(CommittedShape),
    Moved { movement: String, processor_key: String, minor_units: i64, from: Role },
    Gate { site: Role, open: Option<u64>, reason: String },
    Record { record: RecordShape },
    Promoted { site: Role, lost: Vec<String> },
    EpochRaised { site: Role, epoch: u64 },
    Quarantine { movement: String, held: bool },
    Dns { to: Role },
    Lag { ms: u64 },
    Run(StepShape),
    Happened { line: String, is_fault: bool },
}

#[derive(Serialize, Deserialize)]
struct ToldShape {
    request: u32,
    attempt: u32,
    from: Role,
    answer: AnswerWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    movement: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AnswerWord {
    Acknowledged,
    Refused,
    Pending,
    Switching,
    TryAgain,
    Silence,
    NoConnection,
}

#[derive(Serialize, Deserialize)]
struct CommittedShape {
    site: Role,
    epoch: u64,
    row_epoch: u64,
    movement: String,
    state: Option<String>,
    gate: Option<GateWord>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum GateWord {
    Open,
    Closed,
}

impl MomentShape {
    pub(super) fn of(moment: &Moment) -> Self {
        Self { at_ms: moment.at_ms, what: WhatShape::of(&moment.what) }
    }

    /// The moment; `asked` is how many requests there are.
    pub(super) fn read(self, asked: usize) -> Field<Moment> {
        Ok(Moment { at_ms: self.at_ms, what: self.what.read(asked)? })
    }
}

impl WhatShape {
    fn of(what: &What) -> Self {
        match what {
            What::Sent { request, attempt, to } => {
                Self::Sent { request: *request, attempt: *attempt, to: (*to).into() }
            }
            What::Told { request, attempt, from, answer } => {
                let (answer, movement) = answer_words(*answer);
                let (request, attempt, from) = (*request, *attempt, (*from).into());
                Self::Told(ToldShape { request, attempt, from, answer, movement })
            }
            What::IntentWritten { movement: id, key, site } => {
                let key = key.to_string();
                Self::IntentWritten { movement: movement(*id), key, site: (*site).into() }
            }
            What::Committed { site, epoch, row_epoch, movement: id, state, gate } => {
                Self::Committed(CommittedShape {
                    site: (*site).into(),
                    epoch: *epoch,
                    row_epoch: *row_epoch,
                    movement: movement(*id),
                    state: state.map(|state| state.name().to_owned()),
                    gate: gate.map(|gate| if gate { GateWord::Open } else { GateWord::Closed }),
                })
            }
            What::Moved { key, movement: id, minor_units, from } => Self::Moved {
                movement: movement(*id),
                processor_key: key.to_string(),
                minor_units: *minor_units,
                from: (*from).into(),
            },
            What::Gate { site, open, reason } => {
                Self::Gate { site: (*site).into(), open: *open, reason: (*reason).to_owned() }
            }
            What::Record(record) => Self::Record { record: RecordShape::of(record) },
            What::Promoted { site, lost } => {
                let lost = lost.iter().map(|lost| movement(*lost)).collect();
                Self::Promoted { site: (*site).into(), lost }
            }
            What::EpochRaised { site, epoch } => {
                Self::EpochRaised { site: (*site).into(), epoch: *epoch }
            }
            What::Quarantine { movement: id, held } => {
                Self::Quarantine { movement: movement(*id), held: *held }
            }
            What::Dns { to } => Self::Dns { to: (*to).into() },
            What::Lag { ms } => Self::Lag { ms: *ms },
            What::Run { run, step } => Self::Run(StepShape::of(run, step)),
            What::Happened { line, is_fault } => {
                Self::Happened { line: line.clone(), is_fault: *is_fault }
            }
        }
    }

    fn read(self, asked: usize) -> Field<What> {
        Ok(match self {
            Self::Sent { request, attempt, to } => {
                What::Sent { request: known(request, asked)?, attempt, to: to.into() }
            }
            Self::Told(ToldShape { request, attempt, from, answer, movement }) => What::Told {
                request: known(request, asked)?,
                attempt,
                from: from.into(),
                answer: read_answer(answer, movement.as_deref())?,
            },
            Self::IntentWritten { movement, key, site } => {
                let (movement, key) = (read_movement(&movement)?, read_key(&key)?);
                What::IntentWritten { movement, key, site: site.into() }
            }
            Self::Committed(CommittedShape { site, epoch, row_epoch, movement, state, gate }) => {
                What::Committed {
                    site: site.into(),
                    epoch,
                    row_epoch,
                    movement: read_movement(&movement)?,
                    state: state.map(|state| State::find(&state).ok_or("state")).transpose()?,
                    gate: gate.map(|gate| matches!(gate, GateWord::Open)),
                }
            }
            Self::Moved { movement, processor_key, minor_units, from } => {
                let movement = read_movement(&movement)?;
                let key = processor_key_of(movement, &processor_key)?;
                What::Moved { key, movement, minor_units, from: from.into() }
            }
            Self::Gate { site, open, reason } => {
                What::Gate { site: site.into(), open, reason: read_reason(&reason)? }
            }
            Self::Record { record } => What::Record(Box::new(record.read()?)),
            Self::Promoted { site, lost } => {
                let lost = lost.iter().map(|lost| read_movement(lost)).collect::<Field<_>>()?;
                What::Promoted { site: site.into(), lost }
            }
            Self::EpochRaised { site, epoch } => What::EpochRaised { site: site.into(), epoch },
            Self::Quarantine { movement, held } => {
                What::Quarantine { movement: read_movement(&movement)?, held }
            }
            Self::Dns { to } => What::Dns { to: to.into() },
            Self::Lag { ms } => What::Lag { ms },
            Self::Run(step) => step.read()?,
            Self::Happened { line, is_fault } => What::Happened { line, is_fault },
        })
    }
}

/// The number of a request that there is.
fn known(request: u32, asked: usize) -> Field<u32> {
    if (request as usize) < asked { Ok(request) } else { Err("request") }
}

fn answer_words(answer: Answer) -> (AnswerWord, Option<String>) {
    match answer {
        Answer::Acknowledged(id) => (AnswerWord::Acknowledged, Some(movement(id))),
        Answer::Refused => (AnswerWord::Refused, None),
        Answer::Pending => (AnswerWord::Pending, None),
        Answer::Switching => (AnswerWord::Switching, None),
        Answer::TryAgain => (AnswerWord::TryAgain, None),
        Answer::Silence => (AnswerWord::Silence, None),
        Answer::NoConnection => (AnswerWord::NoConnection, None),
    }
}

fn read_answer(word: AnswerWord, movement: Option<&str>) -> Field<Answer> {
    Ok(match word {
        AnswerWord::Acknowledged => Answer::Acknowledged(read_movement(movement.unwrap_or(""))?),
        AnswerWord::Refused => Answer::Refused,
        AnswerWord::Pending => Answer::Pending,
        AnswerWord::Switching => Answer::Switching,
        AnswerWord::TryAgain => Answer::TryAgain,
        AnswerWord::Silence => Answer::Silence,
        AnswerWord::NoConnection => Answer::NoConnection,
    })
}

/// The processor's key is written as the id of a movement alone, as the processor sees it.
fn processor_key_of(own: MovementId, text: &str) -> Field<ProcessorKey> {
    let key = ProcessorKey::of(own);
    if key.to_string() == text {
        return Ok(key);
    }
    // A key that is not the movement's own: one of another payment, whose refunds cannot be told.
    read_movement(text).map(ProcessorKey::of).map_err(|_| "processor_key")
}

/// What stands for the reason of a gate that is open, and of one whose process has ended.
const OTHER_REASONS: [&str; 2] = ["", "ended"];

/// Why a gate is closed: a code of `fence`, or another word.
fn read_reason(text: &str) -> Field<&'static str> {
    let mut reasons = OTHER_REASONS.into_iter().chain(ClosedReason::CODES);
    reasons.find(|code| *code == text).ok_or("reason")
}
