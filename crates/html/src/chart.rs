//! Charts as SVG within the page: one scale of time for all, colours from the style sheet.

use crate::markup::Markup;

/// The width of every chart, in units of its own.
const WIDTH: f64 = 960.0;

/// Room for names at the left, and for the last number of the axis at the right.
const LEFT: f64 = 120.0;
const RIGHT: f64 = 24.0;

/// How far the axis stands below the last row, and what it needs.
const AXIS: f64 = 34.0;

/// From moments to places.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// The first moment that is shown.
    pub from_ms: u64,
    /// The last one; later than the first.
    pub until_ms: u64,
}

impl Scale {
    /// The place of a moment; at an end what is beyond it.
    #[must_use]
    pub fn x(self, at_ms: u64) -> f64 {
        let at_ms = at_ms.clamp(self.from_ms, self.until_ms);
        let share = ratio(at_ms - self.from_ms, self.until_ms - self.from_ms);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    /// Whether a span of time can be seen.
    #[must_use]
    pub fn shows(self, from_ms: u64, until_ms: u64) -> bool {
        from_ms < self.until_ms && until_ms > self.from_ms
    }

    /// Round moments, from six to twelve of them.
    fn ticks(self) -> impl Iterator<Item = u64> {
        let step = step(self.until_ms - self.from_ms, TICKS);
        let first = self.from_ms.div_ceil(step);
        (first..=self.until_ms / step).map(move |number| number * step)
    }
}

/// How many ticks the axis of time has at most.
const TICKS: u64 = 10;

/// A round step that goes into a range so many times at most.
#[must_use]
pub fn step(range: u64, times: u64) -> u64 {
    let mut decade = 1;
    loop {
        for step in [decade, 2 * decade, 5 * decade] {
            if range / step <= times {
                return step;
            }
        }
        decade *= 10;
    }
}

/// A share, as a number for drawing.
#[expect(clippy::cast_precision_loss, reason = "drawings need three digits")]
#[must_use]
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A chart: its parts from top to bottom, then the axis of time.
#[derive(Debug)]
pub struct Chart {
    scale: Scale,
    height: f64,
    parts: Markup,
}

impl Chart {
    /// An empty one.
    #[must_use]
    pub fn new(scale: Scale) -> Self {
        Self { scale, height: 10.0, parts: Markup::default() }
    }

    /// Adds room for a row, and says where it begins.
    pub fn row(&mut self, height: f64, name: &str) -> f64 {
        let top = self.height;
        self.height += height;
        let middle = top + height / 2.0 + 4.0;
        self.add(label(0.0, middle, "start", name));
        top
    }

    /// Adds a part as it is.
    pub fn add(&mut self, part: Markup) {
        self.parts = std::mem::take(&mut self.parts).then(part).line();
    }

    /// A line over the whole width at this height, with its value.
    pub fn grid(&mut self, y: f64, value: &str) {
        self.add(line((LEFT, y), (WIDTH - RIGHT, y), "grid"));
        self.add(label(LEFT - 10.0, y + 4.0, "end", value));
    }

    /// A bar over a span of time, with words in it where there is room.
    pub fn bar(
        &mut self,
        (top, height): (f64, f64),
        (from_ms, until_ms): (u64, u64),
        class: &'static str,
        words: &str,
    ) {
        if !self.scale.shows(from_ms, until_ms) {
            return;
        }
        let (left, right) = (self.scale.x(from_ms), self.scale.x(until_ms));
        // What lasted no time is seen all the same.
        let width = (right - left).max(1.5);
        self.add(rectangle((left, top), (width, height), class));
        if width > 7.2 * text_width(words) + 8.0 {
            let middle = top + height / 2.0 + 4.0;
            let text = text(left + width / 2.0, middle, "middle", "on-bar", words);
            self.add(text);
        }
    }

    /// The whole picture; `description` says in words what it shows.
    #[must_use]
    pub fn finish(mut self, title: &str, description: &str, marks: &[u64]) -> Markup {
        let bottom = self.height;
        let marks: Markup = marks
            .iter()
            .filter(|at_ms| self.scale.shows(**at_ms, **at_ms + 1))
            .map(|at_ms| line((self.scale.x(*at_ms), 4.0), (self.scale.x(*at_ms), bottom), "mark"))
            .collect();
        self.add(marks);
        let axis = axis(self.scale, bottom);
        self.add(axis);
        let name = Markup::plain("title", Markup::text(title));
        let description = Markup::plain("desc", Markup::text(description));
        picture((WIDTH, bottom + AXIS), name.then(description).line().then(self.parts))
    }
}

/// A picture of this size with a title in it.
#[must_use]
pub fn picture((width, height): (f64, f64), content: Markup) -> Markup {
    let attributes = [("viewBox", format!("0 0 {width} {height}")), ("role", "img".to_owned())];
    Markup::element("svg", &attributes, content).line()
}

fn axis(scale: Scale, top: f64) -> Markup {
    let long = line((LEFT, top), (WIDTH - RIGHT, top), "axis");
    let ticks = scale.ticks().map(|at_ms| {
        let x = scale.x(at_ms);
        line((x, top), (x, top + 5.0), "axis").then(label(x, top + 18.0, "middle", &seconds(at_ms)))
    });
    let unit = label(0.0, top + 18.0, "start", "seconds");
    long.then(unit).then(ticks.collect())
}

/// A moment on an axis, without digits that say nothing.
#[must_use]
pub fn seconds(at_ms: u64) -> String {
    let digits = format!("{}.{:03}", at_ms / 1_000, at_ms % 1_000);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A rectangle at a place, of a size.
#[must_use]
pub fn rectangle((x, y): (f64, f64), (width, height): (f64, f64), class: &'static str) -> Markup {
    let attributes = [
        ("class", class.to_owned()),
        ("x", number(x)),
        ("y", number(y)),
        ("width", number(width)),
        ("height", number(height)),
    ];
    Markup::element("rect", &attributes, Markup::default())
}

/// A path, in the commands of SVG.
#[must_use]
pub fn path(commands: String, class: &'static str) -> Markup {
    Markup::element("path", &[("class", class.to_owned()), ("d", commands)], Markup::default())
}

/// A straight line.
#[must_use]
pub fn line(from: (f64, f64), to: (f64, f64), class: &'static str) -> Markup {
    let commands =
        format!("M{} {}L{} {}", number(from.0), number(from.1), number(to.0), number(to.1));
    path(commands, class)
}

/// Words beside a chart.
#[must_use]
pub fn label(x: f64, y: f64, anchor: &'static str, words: &str) -> Markup {
    text(x, y, anchor, "label", words)
}

/// Words at a place.
#[must_use]
pub fn text(x: f64, y: f64, anchor: &'static str, class: &'static str, words: &str) -> Markup {
    let attributes = [
        ("class", class.to_owned()),
        ("x", number(x)),
        ("y", number(y)),
        ("text-anchor", anchor.to_owned()),
    ];
    Markup::element("text", &attributes, Markup::text(words))
}

/// Two digits are finer than any screen.
#[must_use]
pub fn number(value: f64) -> String {
    let digits = format!("{value:.2}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "words are short")]
fn text_width(words: &str) -> f64 {
    words.chars().count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        let steps = [(1, 1), (10, 1), (11, 2), (90_000, 10_000), (1_234_567, 200_000)];
        for (range, expected) in steps {
            assert_eq!(step(range, 10), expected, "{range}");
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 1.0, 2.5, 100.0, 33.333_3].map(number), ["0", "1", "2.5", "100", "33.33"]);
        assert_eq!([0, 500, 10_000, 1_250].map(seconds), ["0", "0.5", "10", "1.25"]);
    }
}
