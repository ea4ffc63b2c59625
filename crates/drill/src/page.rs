//! The report as one page of HTML that needs nothing else: no network, no script, no file beside it.
//!
//! It is read on a screen, light or dark, on paper, and aloud: every picture has a text, every table
//! headings, and no meaning is in a colour alone. The same report gives the same bytes.

mod figures;
mod recoveries;
mod tables;

use html::{Markup, document, section};

use crate::judge::Seconds;
use crate::report::{Report, Summary};
use crate::story::StoryLine;

/// What goes into a page.
#[derive(Debug, Clone, Copy)]
pub struct Page<'report> {
    /// What the drill measured.
    pub report: &'report Report,
    /// Its story.
    pub story: &'report [StoryLine],
    /// What happens in it, as text.
    pub scenario: &'report str,
    /// The command that plays it again.
    pub replay: &'report str,
    /// All drills that were played along with it, by the name of their scenario; may be empty.
    pub drills: &'report [(String, Summary)],
    /// Where it was played.
    pub played: Played<'report>,
}

/// Where a drill was played, which says what its times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played<'report> {
    /// In the simulator.
    Simulated,
    /// On one machine, by its clock; with what all drills measured that were played along with it.
    Live(&'report [Table]),
}

/// A table of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is about.
    pub title: String,
    /// What its columns are; the first is words, the others numbers.
    pub headings: Vec<&'static str>,
    /// Its rows, each as long as the headings.
    pub rows: Vec<Vec<String>>,
}

impl Page<'_> {
    /// The whole document.
    #[must_use]
    pub fn html(&self) -> String {
        let title = format!("Drill {}, seed {}", self.report.scenario, self.report.seed);
        let body = Markup::plain("main", self.sections(&title)).line().then(self.footer());
        document(&title, body)
    }

    fn sections(&self, title: &str) -> Markup {
        let report = self.report;
        let drills = if self.drills.is_empty() {
            Markup::default()
        } else {
            section("All drills", tables::drills(self.drills))
        };
        Markup::plain("h1", Markup::text(title))
            .line()
            .then(Markup::of_class("p", "soft", Markup::text(&report.title)).line())
            .then(verdict(report))
            .then(numbers(report))
            .then(self.measured())
            .then(section("What happened when", figures::course(report)))
            .then(section("RTO by phase", recoveries::recoveries(report)))
            .then(section("RPO: what was lost", tables::loss(report)))
            .then(section("The story", tables::story(self.story)))
            .then(section("The journal of the runs", tables::runs(report)))
            .then(section("Totals", tables::totals(report)))
            .then(drills)
            .then(section("The scenario", listing(self.scenario)))
    }

    /// What live drills measured, simulated ones have no such tables.
    fn measured(&self) -> Markup {
        match self.played {
            Played::Simulated => Markup::default(),
            Played::Live(measured) => {
                section("All live drills", measured.iter().map(tables::measured).collect())
            }
        }
    }

    fn footer(&self) -> Markup {
        let again = Markup::plain("code", Markup::text(self.replay));
        let text = Markup::literal(match self.played {
            Played::Simulated => {
                "Simulated: the times are those of the drill, not of a clock. \
                 Play it again, to the same bytes: "
            }
            Played::Live(_) => {
                "Played live: real processes and databases, by the clock of one machine. \
                 Play it again, with other times: "
            }
        });
        Markup::plain("footer", text.then(again)).line()
    }
}

fn listing(text: &str) -> Markup {
    let code = Markup::plain("code", Markup::text(text));
    Markup::element("pre", &[("class", "scroll".to_owned()), ("tabindex", "0".to_owned())], code)
}

fn verdict(report: &Report) -> Markup {
    let number = report.violations.len();
    let (class, text) = match number {
        0 => ("verdict good", "✓ Every rule was kept.".to_owned()),
        1 => ("verdict bad", "✗ 1 rule was broken".to_owned()),
        _ => ("verdict bad", format!("✗ {number} rules were broken")),
    };
    let violations = report.violations.iter().map(|violation| {
        let name = Markup::plain("code", Markup::text(violation.name()));
        let text = Markup::text(format!(": {violation}"));
        Markup::plain("li", name.then(text)).line()
    });
    let left = report.left.iter();
    let left = left.map(|left| Markup::plain("li", Markup::text(format!("not over: {left}"))));
    let items: Markup = violations.chain(left).collect();
    let list = if items.is_empty() { items } else { Markup::plain("ul", items) };
    let text = Markup::plain("strong", Markup::text(text));
    Markup::of_class("div", class, text.then(list)).line()
}

/// The numbers that people look for first.
fn numbers(report: &Report) -> Markup {
    let totals = &report.totals;
    let rto = report.rto_ms().map_or("–".to_owned(), |ms| Seconds(ms).to_string());
    let rpo = match report.loss.rows.len() {
        0 => "no row was lost".to_owned(),
        1 => "1 row was lost".to_owned(),
        number => format!("{number} rows were lost"),
    };
    let pause = format!("from {}", Seconds(report.pause.from_ms));
    let tiles = [
        ("RTO", rto, "from the fault to the first payment".to_owned()),
        ("RPO", Seconds(report.loss.rpo_ms).to_string(), rpo),
        ("Longest pause", Seconds(report.pause_ms()).to_string(), pause),
        (
            "Acknowledged",
            format!("{} of {}", totals.acknowledged, totals.requests),
            format!("requests, sent {} times", totals.sent),
        ),
    ];
    let tiles = tiles.into_iter().map(|(name, value, note)| {
        let name = Markup::plain("dt", Markup::literal(name));
        let note = Markup::plain("small", Markup::text(note));
        let value = Markup::plain("dd", Markup::text(value).then(note));
        Markup::plain("div", name.then(value)).line()
    });
    Markup::of_class("dl", "figures", tiles.collect()).line()
}
