//! Days of the calendar.

use checks::Date;
use proptest::prelude::*;

#[test]
fn only_days_of_the_calendar_are_read() {
    let rows = [
        ("2027-03-01", true),
        ("2028-02-29", true),
        ("2000-02-29", true),
        ("0001-01-01", true),
        ("9999-12-31", true),
        ("2027-02-29", false),
        ("1900-02-29", false),
        ("0000-01-01", false),
        ("2027-13-01", false),
        ("2027-04-31", false),
        ("2027-00-10", false),
        ("2027-01-00", false),
        ("2027-3-1", false),
        ("+027-03-01", false),
        ("2027-03-01T10:00:00", false),
        ("2027-03", false),
        ("", false),
    ];
    for (text, is_date) in rows {
        let date = text.parse::<Date>();
        assert_eq!(date.is_ok(), is_date, "`{text}`");
        assert!(date.is_err() || date.is_ok_and(|date| date.to_string() == text), "`{text}`");
    }
}

#[test]
fn days_are_counted_from_1970() {
    let rows = [
        (0, "1970-01-01"),
        (-1, "1969-12-31"),
        (11_016, "2000-02-29"),
        (20_784, "2026-11-27"),
        (-719_162, "0001-01-01"),
        (2_932_896, "9999-12-31"),
    ];
    for (days, text) in rows {
        assert_eq!(
            Date::of_days_since_1970(days).map(|date| date.to_string()).as_deref(),
            Some(text)
        );
    }
    for beyond in [-719_163, 2_932_897, i64::MIN, i64::MAX] {
        assert_eq!(Date::of_days_since_1970(beyond), None);
    }
}

proptest! {
    #[test]
    fn days_between_are_those_counted(first in -719_162..2_932_896_i64, second in -719_162..2_932_896_i64) {
        let [earlier, later] = [first, second].map(|days| Date::of_days_since_1970(days).expect("a day"));
        prop_assert_eq!(later.days_since(earlier), second - first);
        prop_assert_eq!(later.cmp(&earlier), second.cmp(&first));
        prop_assert_eq!(later.to_string().parse(), Ok(later));
    }
}
