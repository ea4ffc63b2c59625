//! Words of the format that several shapes have: Regions, movements, names of intents.

use payments::{MovementId, PaymentId, RefundId, ScopedKey};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::history::Site;

/// A Region by its home role.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Role {
    Primary,
    Standby,
}

impl From<Site> for Role {
    fn from(site: Site) -> Self {
        match site {
            Site::Primary => Self::Primary,
            Site::Standby => Self::Standby,
        }
    }
}

impl From<Role> for Site {
    fn from(role: Role) -> Self {
        match role {
            Role::Primary => Self::Primary,
            Role::Standby => Self::Standby,
        }
    }
}

/// `pay_…`, or `pay_…/ref_…` for a refund.
pub(super) fn movement(id: MovementId) -> String {
    match id {
        MovementId::Payment(payment) => payment.to_string(),
        MovementId::Refund(payment, refund) => format!("{payment}/{refund}"),
    }
}

pub(super) fn read_movement(text: &str) -> Field<MovementId> {
    let id = match text.split_once('/') {
        None => PaymentId::parse(text).map(MovementId::Payment),
        Some((payment, refund)) => PaymentId::parse(payment)
            .zip(RefundId::parse(refund))
            .map(|(payment, refund)| MovementId::Refund(payment, refund)),
    };
    id.ok_or("movement")
}

/// The name of an intent, of 64 letters from `a` to `p`.
pub(super) fn read_key(letters: &str) -> Field<ScopedKey> {
    let mut bytes = [0; 32];
    if letters.len() != 64 || !letters.bytes().all(|letter| (b'a'..=b'p').contains(&letter)) {
        return Err("key");
    }
    for (byte, pair) in bytes.iter_mut().zip(letters.as_bytes().chunks(2)) {
        *byte = (pair[0] - b'a') << 4 | (pair[1] - b'a');
    }
    Ok(ScopedKey::from_bytes(bytes))
}

/// The one of these whose word this is.
pub(super) fn named<T: Copy>(
    all: &[T],
    word: impl Fn(T) -> String,
    text: &str,
    field: &'static str,
) -> Field<T> {
    all.iter().copied().find(|value| word(*value) == text).ok_or(field)
}
