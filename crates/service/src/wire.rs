//! The shapes of answers on the wire, written by hand from the core's types. The document of the
//! interface is generated from them.

use std::collections::BTreeMap;

use payments::{
    AccountBalance, AccountId, Acknowledgement, Currency, Fate, Money, Page, PaymentId,
    PaymentOrder, PaymentRecord, RefundId, RefundRecord, State, rfc3339,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Wrong;

/// A payment.
#[derive(Serialize, ToSchema)]
pub(crate) struct Payment {
    /// Its id; ids sort by when they were made.
    id: String,
    /// The merchant's account.
    account: String,
    /// How much, in minor units.
    amount: i64,
    /// The code of ISO 4217.
    currency: &'static str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// What the merchant wants to find with it.
    metadata: BTreeMap<String, String>,
    /// Where it stands. `posted`: the ledger has it. `processing`: the processor is being called.
    /// `unknown`: it was called and did not answer; it is asked until it does. `quarantined`: it is
    /// compared with the processor after the loss of a Region. `succeeded` and `declined`: the last
    /// word.
    status: &'static str,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created_at: String,
    /// Its refunds, oldest first; not told by the answer to `POST /payments`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refunds: Option<Vec<Refund>>,
    /// What can still be refunded, in minor units; not told by the answer to `POST /payments`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refundable: Option<i64>,
}

/// A refund of a payment.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refund {
    /// Its id.
    id: String,
    /// The payment that is given back.
    payment: String,
    /// How much, in minor units.
    amount: i64,
    /// The code of ISO 4217.
    currency: &'static str,
    /// Where it stands, as a payment does, or `refused`: no refund was made, for ever.
    status: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refusal: Option<&'static str>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A page of payments.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentList {
    /// The payments, newest first.
    data: Vec<Payment>,
    /// Whether there are more: ask for those after the last id.
    has_more: bool,
}

/// What the merchant of an account has.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountBalances {
    /// The account.
    account: String,
    /// A balance for each currency, by code.
    balances: Vec<CurrencyBalance>,
}

/// What the merchant of an account has in one currency.
#[derive(Serialize, ToSchema)]
pub(crate) struct CurrencyBalance {
    /// The code of ISO 4217.
    currency: &'static str,
    /// Payments that succeeded, less refunds made or under way, in minor units; below zero, the
    /// merchant owes us.
    #[schema(value_type = i64)]
    available: i128,
    /// Payments under way, in minor units.
    #[schema(value_type = i64)]
    pending: i128,
}

/// That a request would be accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Valid {
    /// `true`.
    pub(crate) valid: bool,
}

/// That the process serves.
#[derive(Serialize, ToSchema)]
pub(crate) struct Serving {
    /// `serving`.
    pub(crate) status: &'static str,
}

/// That this Region takes money.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    /// `ready`.
    pub(crate) status: &'static str,
    /// The epoch that every write carries.
    pub(crate) epoch: u64,
}

/// Where traffic is meant to go.
#[derive(Serialize, ToSchema)]
pub(crate) struct Traffic {
    /// The name of the Region.
    pub(crate) traffic_region: String,
}

/// A problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem<'p> {
    /// The kind of problem, as a URI.
    r#type: String,
    /// The status in words.
    title: &'p str,
    /// The status.
    status: u16,
    /// What is wrong and what to do, for people.
    detail: &'p str,
    /// What is wrong, for programs.
    code: &'p str,
    /// The parameter it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    param: Option<&'p str>,
    /// Every fault of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault<'p>>,
    /// The id of the request, as in the header `X-Request-Id`.
    request_id: &'p str,
}

/// One thing in a request that cannot be accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Fault<'p> {
    /// The parameter.
    param: &'p str,
    /// What is wrong, for programs.
    code: &'p str,
    /// What is wrong and what may be there instead, for people.
    message: &'p str,
}

/// What a problem document says, but for the request's id.
pub(crate) struct Document<'p> {
    pub(crate) status: u16,
    pub(crate) title: &'p str,
    pub(crate) code: &'p str,
    pub(crate) detail: &'p str,
    pub(crate) param: Option<&'p str>,
    pub(crate) wrongs: &'p [Wrong],
}

/// A problem document as JSON.
pub(crate) fn problem(document: &Document<'_>, request_id: &str) -> String {
    json(&Problem {
        r#type: format!("urn:tideover:problem:{}", document.code),
        title: document.title,
        status: document.status,
        detail: document.detail,
        code: document.code,
        param: document.param,
        faults: document.wrongs.iter().map(fault).collect(),
        request_id,
    })
}

fn fault(wrong: &Wrong) -> Fault<'_> {
    Fault { param: &wrong.param, code: wrong.code, message: &wrong.message }
}

/// The shape as compact JSON.
pub(crate) fn json(shape: &impl Serialize) -> String {
    serde_json::to_string(shape).expect("every shape has text keys and no failing parts")
}

/// What a client is told when its request will be carried out: the same whenever it is told.
pub(crate) fn acknowledgement(acknowledgement: &Acknowledgement) -> String {
    match acknowledgement {
        Acknowledgement::Payment { id, order } => json(&payment_order(*id, order, State::Posted)),
        Acknowledgement::Refund { id, payment, money } => {
            json(&refund(*id, *payment, *money, Fate::Taken(State::Posted)))
        }
    }
}

/// A payment as the ledger has it.
pub(crate) fn payment(record: &PaymentRecord) -> Payment {
    Payment {
        refunds: Some(record.refunds.iter().map(|entry| refund_of(record, entry)).collect()),
        refundable: Some(record.refundable().minor_units()),
        ..payment_order(record.id, &record.order, record.state)
    }
}

/// A page of payments.
pub(crate) fn page(page: &Page<PaymentRecord>) -> PaymentList {
    PaymentList { data: page.items.iter().map(payment).collect(), has_more: page.has_more }
}

/// The balances of an account.
pub(crate) fn balances(
    account: AccountId,
    balances: &BTreeMap<Currency, AccountBalance>,
) -> AccountBalances {
    let balance = |(currency, balance): (&Currency, &AccountBalance)| CurrencyBalance {
        currency: currency.code(),
        available: balance.available,
        pending: balance.pending,
    };
    AccountBalances {
        account: account.to_string(),
        balances: balances.iter().map(balance).collect(),
    }
}

fn payment_order(id: PaymentId, order: &PaymentOrder, state: State) -> Payment {
    Payment {
        id: id.to_string(),
        account: order.account().to_string(),
        amount: order.money().amount.minor_units(),
        currency: order.money().currency.code(),
        description: order.description().map(str::to_owned),
        metadata: order.metadata().clone(),
        status: state.name(),
        created_at: rfc3339(id.time()),
        refunds: None,
        refundable: None,
    }
}

fn refund_of(record: &PaymentRecord, (id, entry): (&RefundId, &RefundRecord)) -> Refund {
    let money = Money::new(entry.amount, record.order.money().currency);
    refund(*id, record.id, money, entry.fate)
}

fn refund(id: RefundId, payment: PaymentId, money: Money, fate: Fate) -> Refund {
    let (status, refusal) = match fate {
        Fate::Taken(state) => (state.name(), None),
        Fate::Refused(refusal) => ("refused", Some(refusal.code())),
    };
    Refund {
        id: id.to_string(),
        payment: payment.to_string(),
        amount: money.amount.minor_units(),
        currency: money.currency.code(),
        status,
        refusal,
        created_at: rfc3339(id.time()),
    }
}
