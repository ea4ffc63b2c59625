//! The words in which stories, reports and pages speak of times, Regions, runs and outcomes.

use runbook::{Observed, Tail};

use crate::history::Site;
use crate::judge::Seconds;
use crate::report::ActionOutcome;

/// A number of things: `1 payment`, `3 payments`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{number} {word}")
}

/// A line of a scenario as what happened, with the names of the Regions in place of their roles:
/// `lose primary` is told as `us-east-1 is lost`.
pub(crate) fn happened(line: &str) -> String {
    let words = line.split(' ').map(|word| match word {
        "primary" => Site::Primary.region(),
        "standby" => Site::Standby.region(),
        other => other,
    });
    let line = words.collect::<Vec<_>>().join(" ");
    let told = SENTENCES.iter().find_map(|(order, sentence)| {
        let rest = line.strip_prefix(order)?;
        let (most, last) = rest.rsplit_once(' ').unwrap_or((rest, ""));
        Some(sentence.replace("…", most).replace('+', last).replace('*', rest))
    });
    told.unwrap_or(line)
}

/// How lines of scenarios begin, and what they are told as: `*` is the rest of the line, `+` its last
/// word, `…` what stands before that. Others are told as they are.
const SENTENCES: &[(&str, &str)] = &[
    ("lose messages ", "* of all messages are lost"),
    ("lose ", "* is lost"),
    ("restore messages", "no message is lost any more*"),
    ("restore ", "* is back"),
    ("isolate ", "* lives on, and reaches nothing but its clients"),
    ("reconnect ", "* reaches the others again"),
    ("freeze ", "* stands still"),
    ("unfreeze ", "* wakes where it stood"),
    ("fill disk of ", "the disk of the database of * is full"),
    ("free disk of ", "the disk of the database of * has space again"),
    ("slow ", "what crosses the border of … takes + as long"),
    ("speed up ", "* is as fast as before"),
    ("cut from ", "nothing gets through from *"),
    ("mend from ", "messages get through again from *"),
    ("lag replication ", "the standby's database falls behind by *"),
    ("catch up replication", "the standby's database catches up*"),
    ("break storage-fence", "the database service cannot stop the old writer's volume*"),
    ("restore storage-fence", "the database service can stop the old writer's volume again*"),
    ("refuse promotion", "promotion is refused because of versions*"),
    ("allow promotion", "promotion is not refused any more*"),
    ("leave promotion unclear ", "promotion gives no clear answer *"),
    ("skew clock of ", "a clock goes wrong: *"),
    ("correct clock of ", "the clock of * is right again"),
    ("silence processor", "the processor does not answer, and may take money*"),
    ("unsilence processor", "the processor answers again*"),
    ("stall writes of ", "writes wait for seconds in the database: *"),
    ("unstall writes of ", "no write waits any more in the database of *"),
    ("run rival ", "a second operator asks for a * of his own"),
    ("run ", "somebody asks for a *"),
    ("abort run", "somebody aborts the run*"),
    ("pause run for ", "somebody pauses the run for *"),
    ("kill runner for ", "the runner is killed, for *"),
    ("start second runner", "a second operator drives the same run*"),
    ("interrupt action ", "attempts of actions have no effect, and say so, *"),
    ("leave action unclear ", "attempts of actions give no clear answer, *"),
    ("refuse action ", "attempts of actions are refused, *"),
    ("keep ", "only * are left"),
    ("restart service of ", "every process of the service of * is replaced"),
];

/// What came of an action.
pub(crate) fn outcome(outcome: &ActionOutcome) -> String {
    match outcome {
        ActionOutcome::Done(observed) => self::observed(observed),
        ActionOutcome::Failed(failure) => failure.to_string(),
        ActionOutcome::Skipped(reason) => format!("left out: {reason}"),
        ActionOutcome::Approved(people) => {
            format!("{}, and it did not end", count((*people).into(), "approval", "approvals"))
        }
        ActionOutcome::Begun => "begun, and no end written down".to_owned(),
    }
}

/// What was seen of an action that succeeded.
pub(crate) fn observed(observed: &Observed) -> String {
    match observed {
        Observed::Done | Observed::Noted(_) => "done".to_owned(),
        Observed::Evidence(evidence) => evidence_words(evidence.lag_ms, evidence.intents_missing),
        Observed::Tail(tail) => format!("the source ends with {}", tail_words(tail)),
        Observed::Database(tail) => format!("writer with {}", tail_words(tail)),
        Observed::Epoch(epoch) => format!("epoch row {epoch}"),
        Observed::Movements(number) => count(*number, "movement", "movements"),
        Observed::Approved(people) => count((*people).into(), "approval", "approvals"),
    }
}

/// What is known of the loss before it is decided about.
pub(crate) fn evidence_words(lag_ms: Option<u64>, intents_missing: Option<u64>) -> String {
    let lag = lag_ms.map_or("lag unknown".to_owned(), |ms| format!("lag {}", Seconds(ms)));
    let missing = match intents_missing {
        Some(number) => {
            count(number, "intent is not in the standby", "intents are not in the standby")
        }
        None => "missing intents not counted".to_owned(),
    };
    format!("{lag}, {missing}")
}

fn tail_words(tail: &Tail) -> String {
    let movements = count(tail.movements, "movement", "movements");
    let position = tail.position.map_or(String::new(), |position| format!(" at {position}"));
    match tail.faults {
        0 => format!("{movements}{position}, books balance"),
        faults => format!("{movements}{position}, {}", count(faults, "fault", "faults")),
    }
}

/// The most that a line of text has, in characters.
pub(crate) const WIDTH: usize = 110;

/// The text in pieces of at most so many characters, cut between words where there is a place. All
/// but the first are two shorter, because they are set in by as much.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut words = text.split(' ');
    let mut done = Vec::new();
    let mut part = words.next().unwrap_or_default().to_owned();
    for word in words {
        let room = if done.is_empty() { width } else { width - 2 };
        // Columns within a line are made of more than one blank: those stay.
        if part.chars().count() + 1 + word.chars().count() <= room {
            part.push(' ');
            part.push_str(word);
        } else {
            done.push(part.trim_end().to_owned());
            word.clone_into(&mut part);
        }
    }
    done.push(part);
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parse, shipped};

    #[test]
    fn lines_are_told_as_what_happened() {
        for (line, told) in [
            ("lose primary", "us-east-1 is lost"),
            ("restore database of standby", "database of us-east-2 is back"),
            ("cut from primary to standby", "nothing gets through from us-east-1 to us-east-2"),
            ("slow standby 3x", "what crosses the border of us-east-2 takes 3x as long"),
            ("lose messages 20%", "20% of all messages are lost"),
            ("catch up replication", "the standby's database catches up"),
            ("run failover", "somebody asks for a failover"),
            ("something else", "something else"),
        ] {
            assert_eq!(happened(line), told);
        }
    }

    #[test]
    fn every_line_of_the_shipped_scenarios_is_told() {
        for (name, text) in shipped() {
            let scenario = parse(name, text).expect("what is shipped can be read");
            for when in scenario.happenings {
                let line = when.happening.to_string();
                assert!(SENTENCES.iter().any(|(order, _)| line.starts_with(order)), "{line}");
            }
        }
    }

    #[test]
    fn wraps_between_words_and_keeps_columns() {
        assert_eq!(wrapped("", 9), [""]);
        assert_eq!(wrapped("a  b", 9), ["a  b"]);
        assert_eq!(wrapped("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("unbreakable-word on", 9), ["unbreakable-word", "on"]);
    }
}
