//! The shapes of requests, for the document of the interface only: what is read is taken apart by
//! hand, so that every fault can be told.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A payment to be taken.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct NewPayment {
    /// The merchant's account.
    account: String,
    /// How much, in minor units: `1234` is USD 12.34.
    amount: i64,
    /// The code of ISO 4217.
    currency: String,
    /// The processor's name for the card. Never a card number: one that is found here or in any
    /// other field is refused.
    token: String,
    /// What it is for. `null` is as good as nothing.
    description: Option<String>,
    /// What the merchant wants to find with it.
    metadata: Option<BTreeMap<String, String>>,
}

/// A refund to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct NewRefund {
    /// How much, in minor units of the payment's currency; all that is left when missing.
    amount: Option<i64>,
}
