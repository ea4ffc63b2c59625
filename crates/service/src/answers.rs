//! What can be answered, in the words of the document of the interface: the answers that were hoped
//! for. The others are in `refusals`. A test makes the service give each of them.

use crate::links::{self, Link};

/// One status, and what comes with it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) content: Content,
    /// Names of headers among the components, beside those that every answer has.
    pub(crate) headers: &'static [&'static str],
    /// What can be asked next.
    pub(crate) links: &'static [&'static Link],
}

/// What is in the body.
pub(crate) enum Content {
    /// JSON of this schema, and an example of it.
    Shape(&'static str, &'static str),
    /// A problem document, which has one of these codes.
    Problem(&'static [Code]),
    /// A problem document, which has the code of a [`fence::NotReady`] or one of these.
    NotReady(&'static [Code]),
}

/// The code of a problem document, and what it tells people.
pub(crate) struct Code {
    pub(crate) code: &'static str,
    pub(crate) detail: &'static str,
    /// The parameter that it is about, if it is about one.
    pub(crate) param: Option<&'static str>,
    /// Parameter, code and message of the fault, if it has one.
    pub(crate) fault: Option<[&'static str; 3]>,
}

const fn found(
    status: u16,
    description: &'static str,
    schema: &'static str,
    example: &'static str,
) -> Answer {
    let content = Content::Shape(schema, example);
    Answer { status, description, content, headers: &[], links: &[] }
}

/// An answer of 200 that was read of the ledger, which may be behind.
const fn read(description: &'static str, schema: &'static str, example: &'static str) -> Answer {
    Answer { headers: &["MayBeBehind"], ..found(200, description, schema, example) }
}

/// An answer of 201, which may be a replayed one.
const fn created(
    description: &'static str,
    schema: &'static str,
    example: &'static str,
    links: &'static [&'static Link],
) -> Answer {
    let headers = &["Location", "IdempotencyReplayed"];
    Answer { headers, links, ..found(201, description, schema, example) }
}

const POSTED: &str = r#"{"id":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","description":"order A","metadata":{"order":"A"},"status":"posted","created_at":"2025-11-12T08:14:26.280Z"}"#;
const SUCCEEDED: &str = r#"{"id":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","metadata":{},"status":"succeeded","created_at":"2025-11-12T08:14:26.280Z","refunds":[{"id":"ref_01K9V4AYR0M5E7T9CWB2D3F6GH","payment":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":34,"currency":"USD","status":"succeeded","created_at":"2025-11-12T08:23:36.832Z"}],"refundable":1200}"#;
const PAGE: &str = r#"{"data":[{"id":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","metadata":{},"status":"succeeded","created_at":"2025-11-12T08:14:26.280Z","refunds":[],"refundable":1234}],"has_more":false}"#;
const REFUND: &str = r#"{"id":"ref_01K9V4AYR0M5E7T9CWB2D3F6GH","payment":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":34,"currency":"USD","status":"posted","created_at":"2025-11-12T08:23:36.832Z"}"#;
const BALANCE: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","balances":[{"currency":"USD","available":1200,"pending":0}]}"#;

pub(crate) const PAYMENT_CREATED: Answer = created(
    "The ledger has it, and it will be carried out. Also when the key was used before: then this \
     is the first answer again",
    "Payment",
    POSTED,
    &[&links::READ_PAYMENT, &links::REFUND_PAYMENT, &links::LIST_PAYMENTS, &links::READ_BALANCE],
);
pub(crate) const REFUND_CREATED: Answer = created(
    "The ledger has it, and it will be carried out. Also when the key was used before: then this \
     is the first answer again",
    "Refund",
    REFUND,
    &[&links::READ_REFUNDED_PAYMENT],
);
pub(crate) const VALID: Answer =
    found(200, "The request would be taken", "Valid", r#"{"valid":true}"#);
pub(crate) const PAYMENT: Answer = Answer {
    links: &[&links::REFUND_PAYMENT, &links::LIST_PAYMENTS, &links::READ_BALANCE],
    ..read("The payment", "Payment", SUCCEEDED)
};
pub(crate) const PAYMENTS: Answer = read("A page of the payments", "PaymentList", PAGE);
pub(crate) const BALANCES: Answer = read("The balances", "AccountBalances", BALANCE);
pub(crate) const SERVING: Answer = found(200, "It does", "Serving", r#"{"status":"serving"}"#);
pub(crate) const READY: Answer = found(200, "It may", "Ready", r#"{"status":"ready","epoch":7}"#);
pub(crate) const TRAFFIC: Answer = found(
    200,
    "The control record was read for this answer",
    "Traffic",
    r#"{"traffic_region":"us-east-2"}"#,
);
pub(crate) const DOCUMENT: Answer = found(200, "The document", "", r#"{"openapi":"3.1.0"}"#);
