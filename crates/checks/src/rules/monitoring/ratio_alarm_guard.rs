//! Alarms on ratios that fall silent when there is no traffic.

use std::collections::BTreeMap;

use super::alarms;
use super::math::Math;
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// An alarm on a ratio divides only where there is enough traffic to divide by.
    ///
    /// ## What is checked
    ///
    /// Metric math of alarms in a pair of Regions: every division by a count (`Sum` or `SampleCount`) is inside an
    /// `IF` whose condition looks at that count, or inside `FILL`, or the divisor cannot be zero. An alarm that takes
    /// missing data for `breaching` is not reported. Whether a second alarm tells that there is no traffic at all is
    /// not checked: whether a Region should have traffic is known while the system runs only.
    ///
    /// ## Why it hurts
    ///
    /// A division by zero gives no data. In a total outage there are no requests, so that `errors / requests` says
    /// nothing, and an alarm for which missing data is no breach stays green. At low traffic one error of two
    /// requests pages everybody.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Expression: IF(FILL(requests, 0) >= 20, 100 * FILL(errors, 0) / requests, 0)
    /// ```
    ///
    /// And an alarm on `requests` itself, with `TreatMissingData: breaching`.
    ///
    /// ## Source
    ///
    /// Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics" and "Configuring how
    /// CloudWatch alarms treat missing data".
    "cw-ratio-alarm-guard": Error, Unseen, Documented, Pair;
    why: "a lost Region serves no requests, so that the ratio has no data and the alarm stays quiet";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let of_pair = design.of(alarms::ALARM).filter(|alarm| design.home(*alarm).is_some());
    for alarm in of_pair.filter(|alarm| !alarms::only_scales(design, *alarm)) {
        judge_alarm(judge, alarm);
    }
}

fn judge_alarm(judge: &mut Judge<'_>, alarm: Resource<'_>) {
    let expressions = alarms::expressions(alarm);
    if !expressions.iter().any(|(_, text)| text.contains('/')) {
        return;
    }
    let parts = parts(alarm);
    for (place, text) in expressions {
        if !is_returned(alarm, &place) {
            continue;
        }
        let Some(math) = Math::read(&text) else {
            if !is_other_language(&text) {
                judge.cannot_judge(&place, Unknown(format!("`{text}` is not understood")));
            }
            continue;
        };
        judge.subject();
        let Some(treated) = judge.text(&alarm.at("TreatMissingData")) else { continue };
        let treated = treated.unwrap_or_else(|| "missing".to_owned());
        let mut search = Search { parts: &parts, budget: BUDGET };
        let found = search.unguarded(&math, &[]).filter(|_| treated != "breaching");
        if let Some(division) = found {
            report(judge, &place, &division, &text, &treated);
        }
    }
}

fn report(judge: &mut Judge<'_>, place: &Place<'_>, division: &Division, all: &str, treated: &str) {
    let Division { text, by, names } = division;
    let count = if by.starts_with("FILL(") { by.clone() } else { format!("FILL({by}, 0)") };
    judge.finding(
        place,
        format!("`{text}` has no data where `{by}` is zero, and missing data is `{treated}`"),
        format!(
            "set it to `IF({count} >= 20, {all}, 0)`, and add an alarm on `{names}` for which missing data are `breaching`"
        ),
    );
}

/// Whether the alarm looks at this expression, and not only other expressions do.
fn is_returned(alarm: Resource<'_>, expression: &Place<'_>) -> bool {
    let metrics = alarm.at("Metrics").items().known().unwrap_or_default();
    let own = metrics.iter().find(|metric| metric.at("Expression").path == expression.path);
    own.is_some_and(|metric| metric.at("ReturnData").bool().known() != Some(false))
}

fn is_other_language(text: &str) -> bool {
    let start = text.trim_start().to_uppercase();
    start.starts_with("SELECT ") || start.starts_with("SEARCH(")
}

/// What an id of the alarm's metrics stands for.
enum Part {
    /// A count, which is zero or missing when there is no traffic.
    Count,
    /// Another metric.
    Other,
    /// An expression.
    Math(Math),
}

fn parts(alarm: Resource<'_>) -> BTreeMap<String, Part> {
    let metrics = alarm.at("Metrics").items().known().unwrap_or_default();
    let part = |metric: &Place<'_>| {
        let math = metric.at("Expression").text().known().and_then(|text| Math::read(&text));
        let statistic = metric.at("MetricStat.Stat").text().known();
        let part = match (math, statistic.as_deref()) {
            (Some(math), _) => Part::Math(math),
            (None, Some("Sum" | "SampleCount" | "n")) => Part::Count,
            (None, _) => Part::Other,
        };
        Some((metric.at("Id").text().known()?, part))
    };
    metrics.iter().filter_map(part).collect()
}

/// How many parts of expressions are looked at: expressions may name each other in circles.
const BUDGET: usize = 10_000;

/// A division that can fail.
struct Division {
    /// How it is written.
    text: String,
    /// How its divisor is written.
    by: String,
    /// The ids in the divisor.
    names: String,
}

struct Search<'p> {
    parts: &'p BTreeMap<String, Part>,
    budget: usize,
}

impl<'p> Search<'p> {
    /// The first division that can fail and is not guarded. `asked` are the ids that the conditions around it look
    /// at.
    fn unguarded<'m>(&mut self, math: &'m Math, asked: &[&'m str]) -> Option<Division>
    where
        'p: 'm,
    {
        self.budget = self.budget.checked_sub(1)?;
        match math {
            Math::Call(name, arguments) if name == "IF" => {
                let mut inside = asked.to_vec();
                inside.extend(arguments.first().into_iter().flat_map(Math::names));
                arguments.iter().skip(1).find_map(|part| self.unguarded(part, &inside))
            }
            Math::Call(name, _) if name == "FILL" => None,
            Math::Name(name) => match self.parts.get(name)? {
                Part::Math(math) => self.unguarded(math, asked),
                Part::Count | Part::Other => None,
            },
            Math::Divided { by, text, by_text, .. }
                if self.may_be_zero(by) && !by.names().iter().any(|name| asked.contains(name)) =>
            {
                let names = by.names().join("` and `");
                Some(Division { text: text.clone(), by: by_text.clone(), names })
            }
            other => other.parts().into_iter().find_map(|part| self.unguarded(part, asked)),
        }
    }

    /// Whether a divisor is zero, or has no data, when there is no traffic.
    fn may_be_zero(&mut self, math: &Math) -> bool {
        let Some(left) = self.budget.checked_sub(1) else { return false };
        self.budget = left;
        match math {
            Math::Number(number) => *number == 0.0,
            Math::Name(name) => match self.parts.get(name) {
                Some(Part::Count) => true,
                Some(Part::Math(math)) => self.may_be_zero(math),
                Some(Part::Other) | None => false,
            },
            Math::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("FILL", [_, Math::Number(number)]) => *number == 0.0,
                ("MAX", parts) => {
                    !has_number(parts) && parts.iter().any(|part| self.may_be_zero(part))
                }
                ("SUM" | "FILL" | "RUNNING_SUM" | "ABS", parts) => {
                    parts.iter().any(|part| self.may_be_zero(part))
                }
                ("IF", [_, then, otherwise]) => {
                    self.may_be_zero(then) || self.may_be_zero(otherwise)
                }
                _ => false,
            },
            Math::List(parts) => parts.iter().all(|part| self.may_be_zero(part)),
            Math::Operation('+', parts) => parts.iter().all(|part| self.may_be_zero(part)),
            Math::Operation('-' | '*', parts) => parts.iter().any(|part| self.may_be_zero(part)),
            Math::Divided { what, .. } => self.may_be_zero(what),
            Math::Operation(..) | Math::Text => false,
        }
    }
}

/// Whether a number stands among the arguments or in their lists, so that the greatest is not zero.
fn has_number(parts: &[Math]) -> bool {
    parts.iter().any(|part| match part {
        Math::Number(number) => *number > 0.0,
        Math::List(parts) => has_number(parts),
        _ => false,
    })
}
