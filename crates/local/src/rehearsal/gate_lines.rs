//! The services' logs, as far as they are about gates.

use drill::Site;
use fence::ClosedReason;
use serde::Deserialize;

use super::evidence::GateLine;

/// A line, as `region` writes it.
#[derive(Deserialize)]
struct Line {
    at: String,
    message: String,
    outcome: String,
    reason: Option<String>,
    epoch: Option<u64>,
    /// When it closed by itself, where that is told later.
    closed_at: Option<String>,
}

/// What the log of a Region's service says of its gate.
///
/// A line has the millisecond in which it was written, cut off. A gate that opened counts as open from
/// the end of that millisecond, and as closed from its beginning, so that no line makes a gate look
/// open before or after it was.
#[must_use]
pub fn gate_lines(site: Site, log: &str) -> Vec<GateLine> {
    log.lines().filter_map(|line| gate_line(site, line)).collect()
}

fn gate_line(site: Site, line: &str) -> Option<GateLine> {
    let line: Line = serde_json::from_str(line).ok()?;
    if line.message != "gate" {
        return None;
    }
    let at_us = milliseconds(line.closed_at.as_deref().unwrap_or(&line.at))? * 1_000;
    if line.outcome == "open" {
        return Some(GateLine { at_us: at_us + 999, site, open: line.epoch, reason: "" });
    }
    let code = line.reason.unwrap_or_default();
    let reason = ClosedReason::CODES.into_iter().find(|reason| *reason == code).unwrap_or("closed");
    Some(GateLine { at_us, site, open: None, reason })
}

/// The milliseconds since 1970 of `2025-11-12T08:14:26.280Z`.
fn milliseconds(at: &str) -> Option<u64> {
    let number = |from: usize, to: usize| at.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let day_of_time = ((hour * 60 + minute) * 60 + second) * 1_000 + number(20, 23)?;
    Some(days(year, month, day)? * 86_400_000 + day_of_time)
}

/// The days since 1970, counted in years that begin in March, so that the leap day is the last of its
/// year.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    (year * 365 + year / 4 - year / 100 + year / 400 + day_of_year).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use payments::{Time, rfc3339};

    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for ms in [0, 951_826_554_123, 951_868_800_000, 1_763_800_000_000, 4_102_444_799_999] {
            assert_eq!(milliseconds(&rfc3339(Time::from_ms(ms))), Some(ms));
        }
        for broken in ["", "today", "2025-11-12", "2025-11-12T08:14:26Z"] {
            assert_eq!(milliseconds(broken), None);
        }
    }

    #[test]
    fn lines() {
        let log = r#"
{"at":"1970-01-01T00:00:01.500Z","level":"info","message":"gate","outcome":"closed","reason":"not_active"}
{"at":"1970-01-01T00:00:02.000Z","level":"info","message":"request","outcome":"acknowledged"}
not a line
{"at":"1970-01-01T00:00:02.250Z","level":"info","message":"gate","outcome":"open","epoch":7}
{"at":"1970-01-01T00:00:03.000Z","level":"warn","message":"gate","outcome":"closed","reason":"on_holiday"}
{"at":"1970-01-01T00:00:09.000Z","level":"warn","message":"gate","outcome":"closed","reason":"lease_expired","epoch":7,"closed_at":"1970-01-01T00:00:04.000Z"}
"#;
        let site = Site::Standby;
        let expected = [
            GateLine { at_us: 1_500_000, site, open: None, reason: "not_active" },
            GateLine { at_us: 2_250_999, site, open: Some(7), reason: "" },
            GateLine { at_us: 3_000_000, site, open: None, reason: "closed" },
            GateLine { at_us: 4_000_000, site, open: None, reason: "lease_expired" },
        ];
        assert_eq!(gate_lines(site, log), expected);
    }
}
