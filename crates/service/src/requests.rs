//! The shapes of requests, for the document of the interface only: what is read is taken apart by
//! hand, so that every fault can be told.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A payment to be taken.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct NewPayment {
    /// The merchant's account.
    #[schema(pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    account: String,
    /// How much, in minor units: `1234` is USD 12.34.
    #[schema(minimum = 1, maximum = 99_999_999_999_i64)]
    amount: i64,
    /// The code of ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: String,
    /// The processor's name for the card. Never a card number.
    #[schema(pattern = "^tok_[A-Za-z0-9_]{8,64}$")]
    token: String,
    /// What it is for.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// What the merchant wants to find with it: at most 50 keys of at most 40 characters, values of
    /// at most 500.
    metadata: Option<BTreeMap<String, String>>,
}

/// A refund to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct NewRefund {
    /// How much, in minor units of the payment's currency; all that is left when missing.
    #[schema(minimum = 1, maximum = 99_999_999_999_i64)]
    amount: Option<i64>,
}
