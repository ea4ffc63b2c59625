//! What can be answered instead of what was hoped for: problem documents, each with the codes that it
//! can have. A test makes the service give each of them, and compares the words.

use crate::answers::{Answer, Code, Content};

const fn code(code: &'static str, detail: &'static str) -> Code {
    Code { code, detail, param: None, fault: None }
}

const fn problem(
    status: u16,
    description: &'static str,
    headers: &'static [&'static str],
    codes: &'static [Code],
) -> Answer {
    Answer { status, description, content: Content::Problem(codes), headers, links: &[] }
}

/// A code with one fault; the detail is made of it.
const fn fault(code: &'static str, detail: &'static str, fault: [&'static str; 3]) -> Code {
    Code { code, detail, param: Some(fault[0]), fault: Some(fault) }
}

const REQUEST_INVALID: Code = fault(
    "request_invalid",
    "amount: must be above zero, in minor units: `1234` is USD 12.34",
    ["amount", "not_positive", "must be above zero, in minor units: `1234` is USD 12.34"],
);
const QUERY_FAULT: Code = fault(
    "request_invalid",
    "limit: must be an integer from 1 to 100",
    ["limit", "malformed", "must be an integer from 1 to 100"],
);
const KEY_MISSING: Code = fault(
    "idempotency_key_missing",
    "Idempotency-Key: the header `Idempotency-Key` is missing; send a new UUID with each new \
     request",
    [
        "Idempotency-Key",
        "idempotency_key_missing",
        "the header `Idempotency-Key` is missing; send a new UUID with each new request",
    ],
);
const KEY_INVALID: Code = fault(
    "idempotency_key_invalid",
    "Idempotency-Key: `Idempotency-Key` is not one quoted string",
    ["Idempotency-Key", "idempotency_key_invalid", "`Idempotency-Key` is not one quoted string"],
);

pub(crate) const INVALID: Answer = problem(
    400,
    "The request has faults, all of which are told, or its body cannot be read; nothing was done",
    &["ConnectionOfSome"],
    &[
        REQUEST_INVALID,
        KEY_MISSING,
        KEY_INVALID,
        code("json_malformed", "the body is not JSON, at line 1, column 2"),
        code("field_twice", "a field is there a second time, at line 1, column 23"),
        code(
            "body_broken",
            "the body ended early or was not framed as its headers say; nothing was done",
        ),
    ],
);
pub(crate) const QUERY_INVALID: Answer =
    problem(400, "The query has faults, all of which are told", &[], &[QUERY_FAULT]);
pub(crate) const NO_PAYMENT: Answer = problem(
    404,
    "There is no such payment",
    &[],
    &[code("payment_missing", "there is no payment with this id")],
);
pub(crate) const NO_ACCOUNT: Answer = problem(
    404,
    "The id is not one of an account",
    &[],
    &[code("account_missing", "there is no account with this id")],
);
pub(crate) const SLOW_BODY: Answer = problem(
    408,
    "The body did not arrive in time",
    &["Connection"],
    &[code("body_too_slow", "the body did not arrive in time; nothing was done")],
);
const IN_PROGRESS: Code = code(
    "idempotency_key_in_progress",
    "a request with this `Idempotency-Key` is at work; send it again for its outcome",
);
const QUARANTINED: Code = code(
    "quarantined",
    "`pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD` is being compared with the processor after the loss of a \
     Region; it is not charged again, and the same key will tell its outcome",
);
pub(crate) const KEY_IN_USE: Answer = problem(
    409,
    "Not yet: the same key will tell the outcome",
    &["RetryAfter"],
    &[IN_PROGRESS, QUARANTINED],
);
pub(crate) const REFUND_REFUSED: Answer = problem(
    409,
    "With `Retry-After`: not yet, the same key will tell the outcome. Without: the refund is \
     refused, and this key will be told so for ever",
    &["RetryAfterOfSome", "IdempotencyReplayed"],
    &[
        IN_PROGRESS,
        QUARANTINED,
        code("payment_declined", "the payment was declined, so there is nothing to refund"),
        code(
            "payment_open",
            "the payment has not succeeded yet; when it has, ask again with a new key",
        ),
        code(
            "refund_exceeds_captured",
            "the amount is more than what is left of the payment, counting refunds under way",
        ),
    ],
);
pub(crate) const TOO_LARGE: Answer = problem(
    413,
    "The body is too large",
    &["Connection"],
    &[code("body_too_large", "the body may have at most 65536 bytes")],
);
pub(crate) const NOT_JSON: Answer = problem(
    415,
    "The body is not JSON, or is encoded",
    &[],
    &[Code {
        param: Some("Content-Type"),
        ..code(
            "content_type_unsupported",
            "the body must be `application/json` without `Content-Encoding`",
        )
    }],
);
pub(crate) const KEY_REUSED: Answer = problem(
    422,
    "The key came with another request before; nothing was done",
    &[],
    &[Code {
        param: Some("Idempotency-Key"),
        ..code(
            "idempotency_key_reused",
            "this `Idempotency-Key` came with another request before; send a new UUID with each \
             new request",
        )
    }],
);
const OVERLOADED: Code =
    code("overloaded", "too many requests are open; nothing was done, send the same request again");
const TIMED_OUT: Code = code(
    "timed_out",
    "it took too long, and it is not known yet whether it was done; send the same request, with \
     the same key if it has one, again",
);
pub(crate) const NOT_NOW: Answer = problem(
    503,
    "Not now, or nobody knows whether it was done: send the same request with the same key again",
    &["RetryAfter", "ConnectionOfSome"],
    &[
        code(
            "region_switching",
            "payments are moving to another Region; send the same request with the same key again",
        ),
        code(
            "unresolved",
            "it is not known yet whether this was done; send the same request with the same key \
             again",
        ),
        TIMED_OUT,
        OVERLOADED,
    ],
);
pub(crate) const BUSY: Answer =
    problem(503, "Too much is going on: send it again", &["RetryAfter"], &[OVERLOADED]);
pub(crate) const UNAVAILABLE: Answer = problem(
    503,
    "It cannot be read now: ask again",
    &["RetryAfter"],
    &[code("store_unavailable", "the ledger does not answer; ask again"), TIMED_OUT, OVERLOADED],
);
pub(crate) const NOT_HERE: Answer = problem(
    503,
    "It cannot be read now, or this Region may lack it: ask again",
    &["RetryAfter", "ConnectionOfSome"],
    &[
        code("store_unavailable", "the ledger does not answer; ask again"),
        code(
            "payment_not_here",
            "this Region does not take payments now, and may lack a payment that another has; ask \
             again, and pay nothing anew because of this",
        ),
        TIMED_OUT,
        OVERLOADED,
    ],
);
pub(crate) const NOT_READY: Answer = Answer {
    content: Content::NotReady(&[TIMED_OUT]),
    ..problem(503, "It may not take money; the code says why", &["RetryAfter"], &[])
};
pub(crate) const TRAFFIC_UNKNOWN: Answer = problem(
    503,
    "It is not known: DNS stays as it is",
    &["RetryAfter"],
    &[
        code(
            "traffic_unknown",
            "the control record was not read, so where traffic is meant to go is not known",
        ),
        TIMED_OUT,
    ],
);
