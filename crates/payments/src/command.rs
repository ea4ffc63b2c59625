//! A request with everything that is decided about it before any store is asked.

use crate::draft::{PaymentDraft, RefundDraft};
use crate::id::{MovementId, PaymentId, RefundId};
use crate::intent::{Attempt, Claim};
use crate::key::{Fingerprint, IdempotencyKey, ScopedKey};
use crate::order::Request;
use crate::outcome::Outcome;
use crate::time::Time;

/// How long other tries with the same key wait for one that may have died, in milliseconds: longer
/// than a request takes, and short enough for a client that tries again.
pub const CLAIM_MS: u64 = 3_000;

/// One try to carry out a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub(crate) key: ScopedKey,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) request: Request,
    pub(crate) attempt: Attempt,
}

impl Command {
    /// A try to take a payment. `key_field` is the value of the header `Idempotency-Key`; `fresh`
    /// is made for this try from the time it is made at, and becomes the payment's id if the key is
    /// new.
    ///
    /// # Errors
    ///
    /// What to tell the client when the key or the draft has faults.
    pub fn payment(
        key_field: Option<&str>,
        draft: PaymentDraft,
        fresh: PaymentId,
    ) -> Result<Self, Outcome> {
        let key = IdempotencyKey::parse(key_field).map_err(Outcome::KeyFault)?;
        let order = draft.check().map_err(Outcome::Invalid)?;
        Ok(Self::new(&key, Request::Payment(order), MovementId::Payment(fresh)))
    }

    /// A try to refund a payment; as [`Command::payment`].
    ///
    /// # Errors
    ///
    /// What to tell the client when the key or the draft has faults.
    pub fn refund(
        key_field: Option<&str>,
        draft: RefundDraft,
        fresh: RefundId,
    ) -> Result<Self, Outcome> {
        let key = IdempotencyKey::parse(key_field).map_err(Outcome::KeyFault)?;
        let refund = draft.check().map_err(Outcome::Invalid)?;
        let fresh = MovementId::Refund(refund.payment, fresh);
        Ok(Self::new(&key, Request::Refund(refund), fresh))
    }

    /// The name of the intent that it is about.
    #[must_use]
    pub fn key(&self) -> ScopedKey {
        self.key
    }

    fn new(key: &IdempotencyKey, request: Request, fresh: MovementId) -> Self {
        let key = ScopedKey::new(request.scope(), key);
        let fingerprint = request.fingerprint();
        Self { key, fingerprint, request, attempt: Attempt::new(fresh) }
    }

    /// When it was made.
    pub(crate) fn now(&self) -> Time {
        self.attempt.fresh().time()
    }

    pub(crate) fn claim(&self) -> Claim {
        Claim { by: self.attempt, until: self.now().plus_ms(CLAIM_MS) }
    }
}
