//! A story as text in columns.

use std::fmt::Write as _;

use super::{StoryLine, Topic};
use crate::judge::Seconds;
use crate::report::Report;

/// The most that a line has, in characters.
const WIDTH: usize = 110;

/// The widths of the first two columns, with the gaps after them.
const TIME: usize = 11;
const TOPIC: usize = 8;
const INDENT: usize = TIME + 2 + TOPIC + 2;

/// The story with its heading, and with what the report measured at its end. `paint` may add colour
/// to a line that is whole, by what it is about; a caller without a terminal adds none.
#[must_use]
pub fn story_text(
    report: &Report,
    lines: &[StoryLine],
    paint: impl Fn(Topic, &str) -> String,
) -> String {
    let mut text = format!("{}, seed {}: {}\n\n", report.scenario, report.seed, report.title);
    for line in lines {
        for (number, part) in wrapped(&line.text, WIDTH - INDENT).into_iter().enumerate() {
            let row = if number == 0 {
                let (at, topic) = (Seconds(line.at_ms), line.topic.as_str());
                format!("{at:>TIME$}  {topic:TOPIC$}  {part}")
            } else {
                format!("{:INDENT$}  {part}", "")
            };
            writeln!(text, "{}", paint(line.topic, &row)).expect("writing to memory cannot fail");
        }
    }
    text + "\n" + &report.text()
}

/// The text in pieces of at most so many characters, cut between words where there is a place. All
/// but the first are two shorter, because they are set in by as much.
fn wrapped(text: &str, width: usize) -> Vec<String> {
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

    #[test]
    fn wraps_between_words_and_keeps_columns() {
        assert_eq!(wrapped("", 9), [""]);
        assert_eq!(wrapped("a  b", 9), ["a  b"]);
        assert_eq!(wrapped("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("unbreakable-word on", 9), ["unbreakable-word", "on"]);
    }
}
