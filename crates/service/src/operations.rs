//! The table of operations: what can be asked, and everything that can be answered.

/// One method of one path.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// The schema of the body, and an example of it.
    pub(crate) body: Option<(&'static str, &'static str)>,
    pub(crate) answers: &'static [Answer],
}

/// One status, and what comes with it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) schema: &'static str,
    pub(crate) headers: &'static [&'static str],
    pub(crate) example: &'static str,
}

const fn answer(
    status: u16,
    description: &'static str,
    schema: &'static str,
    headers: &'static [&'static str],
    example: &'static str,
) -> Answer {
    Answer { status, description, schema, headers, example }
}

const fn get(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: &'static [&'static str],
    answers: &'static [Answer],
) -> Operation {
    let tag = "payments";
    Operation { method: "get", path, id, tag, summary, parameters, body: None, answers }
}

const fn post(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: &'static [&'static str],
    body: (&'static str, &'static str),
    answers: &'static [Answer],
) -> Operation {
    let (tag, body) = ("payments", Some(body));
    Operation { method: "post", path, id, tag, summary, parameters, body, answers }
}

const fn health(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    answers: &'static [Answer],
) -> Operation {
    Operation { tag: "health", ..get(path, id, summary, &[], answers) }
}

macro_rules! problem {
    ($status:literal, $title:literal, $code:literal, $detail:literal, $description:literal $(, $header:literal)*) => {
        answer(
            $status,
            $description,
            "Problem",
            &[$($header),*],
            concat!(
                r#"{"type":"urn:tideover:problem:"#, $code, r#"","title":""#, $title,
                r#"","status":"#, $status, r#","detail":""#, $detail, r#"","code":""#, $code,
                r#"","request_id":"req_abcdefghijklmnopabcdefghijklmnop"}"#
            ),
        )
    };
}

const INVALID: Answer = problem!(
    400,
    "Bad Request",
    "request_invalid",
    "amount: must be above zero",
    "The request has faults, or its key, its body or the framing of it; nothing was done. Codes: \
     `request_invalid`, `idempotency_key_missing`, `idempotency_key_invalid`, `json_malformed`, \
     `field_twice`, `body_broken`",
    "Connection"
);
const NO_PAYMENT: Answer = problem!(
    404,
    "Not Found",
    "payment_missing",
    "there is no payment with this id",
    "There is no such payment",
    "Idempotency-Replayed"
);
const NOT_ALLOWED: Answer = problem!(
    405,
    "Method Not Allowed",
    "method_not_allowed",
    "this path does not have this method",
    "The path does not have this method",
    "Allow"
);
const SLOW_BODY: Answer = problem!(
    408,
    "Request Timeout",
    "body_too_slow",
    "the body did not arrive in time; nothing was done",
    "The body did not arrive in time",
    "Connection"
);
const CONFLICT: Answer = problem!(
    409,
    "Conflict",
    "idempotency_key_in_progress",
    "a request with this `Idempotency-Key` is at work; send it again for its outcome",
    "Codes: `idempotency_key_in_progress` (send it again), `quarantined` (it is compared with the \
     processor after the loss of a Region), and for refunds `payment_open`, `payment_declined`, \
     `refund_exceeds_captured`, which are for ever",
    "Retry-After",
    "Idempotency-Replayed"
);
const TOO_LARGE: Answer = problem!(
    413,
    "Payload Too Large",
    "body_too_large",
    "the body may have at most 65536 bytes",
    "The body is too large",
    "Connection"
);
const NOT_JSON: Answer = problem!(
    415,
    "Unsupported Media Type",
    "content_type_unsupported",
    "the body must be `application/json` without `Content-Encoding`",
    "The body is not JSON"
);
const KEY_REUSED: Answer = problem!(
    422,
    "Unprocessable Entity",
    "idempotency_key_reused",
    "this `Idempotency-Key` came with another request before",
    "The key came with another request before"
);
const SWITCHING: Answer = problem!(
    503,
    "Service Unavailable",
    "region_switching",
    "payments are moving to another Region; send the same request with the same key again",
    "Not now: send the same request with the same key again. Codes: `region_switching`, \
     `unresolved` and `timed_out` (it is not known yet whether it was done), `overloaded`",
    "Retry-After",
    "Connection"
);
const UNAVAILABLE: Answer = problem!(
    503,
    "Service Unavailable",
    "store_unavailable",
    "the ledger does not answer; ask again",
    "Codes: `store_unavailable`, `overloaded`, `timed_out`",
    "Retry-After"
);
const TIMED_OUT: Answer = problem!(
    503,
    "Service Unavailable",
    "timed_out",
    "it took too long",
    "It took too long",
    "Retry-After"
);

const ACCOUNT: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh","description":"order A","metadata":{"order":"A"}}"#;
const POSTED: &str = r#"{"id":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","description":"order A","metadata":{"order":"A"},"status":"posted","created_at":"2025-11-12T08:14:26.280Z"}"#;
const SUCCEEDED: &str = r#"{"id":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","metadata":{},"status":"succeeded","created_at":"2025-11-12T08:14:26.280Z","refunds":[],"refundable":1234}"#;
const PAGE: &str = r#"{"data":[{"id":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","metadata":{},"status":"succeeded","created_at":"2025-11-12T08:14:26.280Z","refunds":[],"refundable":1234}],"has_more":false}"#;
const REFUND: &str = r#"{"id":"ref_01K9V3T5Q8ZJX6W2M4N7R0ABCD","payment":"pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","status":"posted","created_at":"2025-11-12T08:14:26.280Z"}"#;
const BALANCE: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","balances":[{"currency":"USD","available":1234,"pending":0}]}"#;

/// Every operation.
pub(crate) static OPERATIONS: [Operation; 10] = [
    post(
        "/payments",
        "createPayment",
        "Takes a payment",
        &["IdempotencyKey"],
        ("NewPayment", ACCOUNT),
        &[
            answer(
                201,
                "The ledger has it, and it will be carried out",
                "Payment",
                &["Location", "Idempotency-Replayed"],
                POSTED,
            ),
            INVALID,
            NOT_ALLOWED,
            SLOW_BODY,
            CONFLICT,
            TOO_LARGE,
            NOT_JSON,
            KEY_REUSED,
            SWITCHING,
        ],
    ),
    get(
        "/payments",
        "listPayments",
        "The payments of an account, newest first",
        &["Account", "Limit", "StartingAfter"],
        &[answer(200, "A page", "PaymentList", &[], PAGE), INVALID, NOT_ALLOWED, UNAVAILABLE],
    ),
    post(
        "/payments/validate",
        "validatePayment",
        "Tells everything that is wrong with a request, and does nothing",
        &["IdempotencyKey"],
        ("NewPayment", ACCOUNT),
        &[
            answer(200, "It would be accepted", "Valid", &[], r#"{"valid":true}"#),
            INVALID,
            NOT_ALLOWED,
            SLOW_BODY,
            TOO_LARGE,
            NOT_JSON,
            UNAVAILABLE,
        ],
    ),
    get(
        "/payments/{id}",
        "readPayment",
        "A payment and its refunds",
        &["PaymentId"],
        &[
            answer(200, "The payment", "Payment", &[], SUCCEEDED),
            NO_PAYMENT,
            NOT_ALLOWED,
            UNAVAILABLE,
        ],
    ),
    post(
        "/payments/{id}/refunds",
        "createRefund",
        "Gives a payment back, or a part of it",
        &["PaymentId", "IdempotencyKey"],
        ("NewRefund", r#"{"amount":1234}"#),
        &[
            answer(
                201,
                "The ledger has it, and it will be carried out",
                "Refund",
                &["Location", "Idempotency-Replayed"],
                REFUND,
            ),
            INVALID,
            NO_PAYMENT,
            NOT_ALLOWED,
            SLOW_BODY,
            CONFLICT,
            TOO_LARGE,
            NOT_JSON,
            KEY_REUSED,
            SWITCHING,
        ],
    ),
    get(
        "/accounts/{id}/balance",
        "readBalance",
        "What the merchant of an account has",
        &["AccountId"],
        &[
            answer(200, "The balances", "AccountBalances", &[], BALANCE),
            problem!(
                404,
                "Not Found",
                "account_missing",
                "there is no account with this id",
                "The id is not one of an account"
            ),
            NOT_ALLOWED,
            UNAVAILABLE,
        ],
    ),
    health(
        "/health",
        "health",
        "Whether the process serves",
        &[
            answer(200, "It does", "Serving", &[], r#"{"status":"serving"}"#),
            NOT_ALLOWED,
            TIMED_OUT,
        ],
    ),
    health(
        "/health/ready",
        "ready",
        "Whether this Region may take money now",
        &[
            answer(200, "It may", "Ready", &[], r#"{"status":"ready","epoch":7}"#),
            NOT_ALLOWED,
            problem!(
                503,
                "Service Unavailable",
                "draining",
                "a switchover drains this Region",
                "It may not; the code says why",
                "Retry-After"
            ),
        ],
    ),
    health(
        "/health/traffic",
        "traffic",
        "Which Region traffic is meant for, for DNS to look for",
        &[
            answer(
                200,
                "The control record was read for this answer",
                "Traffic",
                &[],
                r#"{"traffic_region":"us-east-2"}"#,
            ),
            NOT_ALLOWED,
            problem!(
                503,
                "Service Unavailable",
                "traffic_unknown",
                "the control record was not read",
                "It is not known",
                "Retry-After"
            ),
        ],
    ),
    health(
        "/openapi.json",
        "interface",
        "This document",
        &[answer(200, "The document", "", &[], r#"{"openapi":"3.1.0"}"#), NOT_ALLOWED, TIMED_OUT],
    ),
];
