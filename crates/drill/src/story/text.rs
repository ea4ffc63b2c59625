//! A story as text in columns.

use std::fmt::Write as _;

use super::{StoryLine, Topic};
use crate::judge::Seconds;
use crate::report::Report;
use crate::words::{WIDTH, wrapped};

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
