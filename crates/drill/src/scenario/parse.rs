//! From the text of a scenario to the scenario, or to everything that is wrong in it.

use std::collections::BTreeMap;

use super::fixed::begun;
use super::form::{Stuck, Wanted, longest, whole};
use super::grammar::{CHANCES, HAPPENINGS, TITLE, TOPICS, TRIGGERS, Topic};
use super::mistake::Mistake;
use super::words::{Word, shown, without_comment, words};
use crate::scenario::{Expectation, Happening, Operator, Scenario, When, Workload};

/// Reads a scenario; `name` is that of its file without the ending.
///
/// # Errors
/// Everything that is wrong in the text, in the order of its lines; at least one mistake.
pub fn parse(name: &str, text: &str) -> Result<Scenario, Vec<Mistake>> {
    let mut reader = Reader::new(name);
    reader.check_name();
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line);
    }
    reader.check_title();
    if reader.mistakes.is_empty() { Ok(reader.scenario) } else { Err(reader.mistakes) }
}

struct Reader {
    scenario: Scenario,
    mistakes: Vec<Mistake>,
    /// In which line each topic stands.
    topics: BTreeMap<&'static str, usize>,
    /// Whether a line that may begin a fault could not be read.
    is_line_missing: bool,
}

/// A line of the file.
struct Line<'t> {
    number: usize,
    words: Vec<Word<'t>>,
    /// What follows the last word: nothing.
    end: Word<'t>,
}

impl Reader {
    fn new(name: &str) -> Self {
        let scenario = Scenario {
            name: name.to_owned(),
            title: String::new(),
            workload: Workload::default(),
            operator: Operator::default(),
            happenings: Vec::new(),
            expectation: Expectation::default(),
        };
        Self { scenario, mistakes: Vec::new(), topics: BTreeMap::new(), is_line_missing: false }
    }

    fn check_name(&mut self) {
        let name = &self.scenario.name;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || !name.bytes().all(is_plain) {
            let found = format!("the name {}", shown(name));
            self.wrong(1, 1, found, "letters, digits and hyphens: rename the file");
        }
    }

    fn check_title(&mut self) {
        if !self.topics.contains_key(TITLE) {
            let allowed = "a line such as `title  The active Region is lost`";
            self.wrong(1, 1, "no title".to_owned(), allowed);
        }
    }

    fn wrong(&mut self, line: usize, column: usize, found: String, allowed: &str) {
        let allowed = allowed.to_owned();
        self.mistakes.push(Mistake { line, column, found, allowed, meant: None });
    }

    fn line(&mut self, number: usize, line: &str) {
        let content = without_comment(line).trim_end();
        let words = words(content);
        let Some(first) = words.first().copied() else { return };
        let end = Word { text: "", column: content.chars().count() + 1 };
        let line = Line { number, words, end };
        if first.text == TITLE {
            self.title(&line, first, content);
        } else if let Some(topic) = TOPICS.iter().find(|topic| topic.word == first.text) {
            self.topic(&line, topic);
        } else {
            self.happening(&line);
        }
    }

    /// Notes where a topic stands; false when it stands somewhere already.
    fn note(&mut self, line: &Line<'_>, word: &'static str) -> bool {
        let earlier = *self.topics.entry(word).or_insert(line.number);
        if earlier == line.number {
            return true;
        }
        let allowed = format!("one such line, and it is line {earlier}");
        self.wrong(line.number, line.words[0].column, format!("`{word}` again"), &allowed);
        false
    }

    fn title(&mut self, line: &Line<'_>, first: Word<'_>, content: &str) {
        if !self.note(line, TITLE) {
            return;
        }
        let title = content.trim_start().strip_prefix(first.text).unwrap_or_default().trim();
        if title.is_empty() {
            let found = "the end of the line".to_owned();
            self.wrong(line.number, line.end.column, found, "one sentence for people");
        }
        self.scenario.title = title.to_owned();
    }

    fn topic(&mut self, line: &Line<'_>, topic: &'static Topic) {
        if !self.note(line, topic.word) {
            return;
        }
        let mut seen = Vec::new();
        let mut rest = &line.words[1..];
        loop {
            let length = rest.iter().position(|word| word.text == ",").unwrap_or(rest.len());
            let after = rest.get(length).copied().unwrap_or(line.end);
            self.part(line, topic, &rest[..length], after, &mut seen);
            if length == rest.len() {
                return;
            }
            rest = &rest[length + 1..];
        }
    }

    /// Reads one part of a topic's line; `after` is the comma behind it, or the end of the line.
    fn part(
        &mut self,
        line: &Line<'_>,
        topic: &'static Topic,
        words: &[Word<'_>],
        after: Word<'_>,
        seen: &mut Vec<&'static str>,
    ) {
        match whole(topic.parts, words, "a comma") {
            Err(stuck) => self.mistakes.push(stuck.mistake(line.number, words, after)),
            Ok(chosen) if seen.contains(&chosen.form.words) => {
                let found = format!("`{}` again", texts(words));
                self.wrong(line.number, words[0].column, found, "each part once");
            }
            Ok(chosen) => {
                seen.push(chosen.form.words);
                (chosen.form.make)(&mut self.scenario, &chosen.values);
            }
        }
    }

    fn happening(&mut self, line: &Line<'_>) {
        match when(&line.words) {
            Ok((when, words_before)) => self.add(line, when, line.words[words_before].column),
            Err(_) if whole(HAPPENINGS, &line.words, "").is_ok() => {
                self.is_line_missing = true;
                let found = format!("`{}` without a time", texts(&line.words));
                let allowed = "it after `at 20s`, `+5s`, `before open` or the like";
                self.wrong(line.number, line.words[0].column, found, allowed);
            }
            Err(stuck) => {
                self.is_line_missing = true;
                self.mistakes.push(stuck.mistake(line.number, &line.words, line.end));
            }
        }
    }

    fn add(&mut self, line: &Line<'_>, when: When, column: usize) {
        let happening = match when.happening {
            Happening::Mend(fault) => match begun(fault, self.scenario.happenings.iter()) {
                Some(begun) => Happening::Mend(begun),
                None if self.is_line_missing => return,
                None => {
                    let found = format!("`{}`", Happening::Mend(fault));
                    let allowed = "it only after a line that begins what it ends";
                    return self.wrong(line.number, column, found, allowed);
                }
            },
            other => other,
        };
        self.scenario.happenings.push(When { happening, ..when });
    }
}

/// Reads a line of what happens, and says how many words stand before what happens.
fn when(words: &[Word<'_>]) -> Result<(When, usize), Stuck> {
    let trigger = longest(TRIGGERS, words).map_err(with_topics)?;
    let rest = &words[trigger.taken..];
    let chance = longest(CHANCES, rest);
    let (chance_percent, taken, chance_stuck) = match chance {
        Ok(chance) => ((chance.form.make)(&chance.values), chance.taken, Stuck::default()),
        Err(stuck) => (100, 0, stuck),
    };
    let stuck_at = |mut stuck: Stuck| {
        stuck.at += taken;
        stuck.join(chance_stuck);
        stuck.at += trigger.taken;
        stuck
    };
    let chosen = whole(HAPPENINGS, &rest[taken..], "the end of the line").map_err(stuck_at)?;
    let happening = chosen.form.make.with(&chosen.values);
    let trigger_of_line = (trigger.form.make)(&trigger.values);
    let when = When { trigger: trigger_of_line, chance_percent, happening };
    Ok((when, trigger.taken + taken))
}

/// A line that does not begin like any line may have been meant as one about the whole.
fn with_topics(mut stuck: Stuck) -> Stuck {
    if stuck.at == 0 {
        let topics = TOPICS.iter().map(|topic| Wanted::Word(topic.word));
        stuck.wanted.insert(0, Wanted::Word(TITLE));
        stuck.wanted.splice(1..1, topics);
    }
    stuck
}

fn texts(words: &[Word<'_>]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
    texts.join(" ")
}
