//! Things that many tests need one of.

use std::time::Duration;

use payments::{Amount, Currency, Money, Status, Time};
use processor::{Asked, Behaviour, CardProcessor, CardToken, Old, Terms, Travel, Wanted};

pub(crate) const TERMS: Terms = Terms {
    replays: Duration::from_secs(3_600),
    old: Old::Refused,
    closes_unseen: Some(Duration::from_secs(60)),
};

/// So many seconds after Saturday, 22 November 2025, 08:26:40 UTC.
pub(crate) fn at(seconds: u64) -> Time {
    Time::from_ms((1_763_800_000 + seconds) * 1_000)
}

pub(crate) fn euros(minor_units: i64) -> Money {
    Money::new(Amount::new(minor_units).unwrap(), Currency::find("EUR").unwrap())
}

pub(crate) fn charge(key: &str, token: &str, minor_units: i64) -> Asked {
    let wanted = Wanted::Charge(CardToken::new(token));
    Asked { key: key.to_owned(), wanted, money: euros(minor_units) }
}

pub(crate) fn refund(key: &str, of: &str, minor_units: i64) -> Asked {
    let wanted = Wanted::Refund(of.to_owned());
    Asked { key: key.to_owned(), wanted, money: euros(minor_units) }
}

/// A behaviour in few words.
pub(crate) fn said(behaviour: Behaviour) -> String {
    let answer = format!("{:?}", behaviour.answer).to_lowercase();
    match behaviour.travel {
        Travel::AtOnce => answer,
        Travel::Late(after) => format!("{answer} after {} ms", after.as_millis()),
        Travel::Never => format!("{answer}, not told"),
        Travel::Twice => format!("{answer}, told twice"),
    }
}

pub(crate) fn status(processor: &mut CardProcessor, key: &str, seconds: u64) -> String {
    let status: Status = processor.status(key, at(seconds));
    format!("{status:?}").to_lowercase()
}

/// The money that moved, in minor units: what was given back counts below zero.
pub(crate) fn moved(processor: &CardProcessor) -> Vec<i64> {
    let units = processor.movements().iter().map(|moved| {
        let units = moved.money.amount.minor_units();
        match moved.wanted {
            Wanted::Charge(_) => units,
            Wanted::Refund(_) => -units,
        }
    });
    units.collect()
}
