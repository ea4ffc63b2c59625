//! The table of operations: what can be asked, and everything that can be answered.
//!
//! What every path answers stands in the document's own description: 405 to a method that it does
//! not have, and 404 where nothing is.

use crate::answers::{
    Answer, BALANCES, DOCUMENT, PAYMENT, PAYMENT_CREATED, PAYMENTS, READY, REFUND_CREATED, SERVING,
    TRAFFIC, VALID,
};
use crate::refusals::{
    BUSY, INVALID, KEY_IN_USE, KEY_REUSED, NO_ACCOUNT, NO_PAYMENT, NOT_HERE, NOT_JSON, NOT_NOW,
    NOT_READY, QUERY_INVALID, REFUND_REFUSED, SLOW_BODY, TOO_LARGE, TRAFFIC_UNKNOWN, UNAVAILABLE,
};

/// One method of one path.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// The schema of the body, and an example of it.
    pub(crate) body: Option<(&'static str, &'static str)>,
    pub(crate) answers: &'static [Answer],
}

const NEW_PAYMENT: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh","description":"order A","metadata":{"order":"A"}}"#;

const KEYS: &str = "The same key with the same request is answered the same, whatever happened in \
                    between: after a time-out, a lost connection or 503, send both again, to \
                    whichever Region the name leads to by then";

/// Every operation.
pub(crate) static OPERATIONS: [Operation; 10] = [
    Operation {
        method: "post",
        path: "/payments",
        id: "createPayment",
        tag: "payments",
        summary: "Takes a payment",
        description: KEYS,
        parameters: &["IdempotencyKey"],
        body: Some(("NewPayment", NEW_PAYMENT)),
        answers: &[
            PAYMENT_CREATED,
            INVALID,
            SLOW_BODY,
            KEY_IN_USE,
            TOO_LARGE,
            NOT_JSON,
            KEY_REUSED,
            NOT_NOW,
        ],
    },
    Operation {
        method: "get",
        path: "/payments",
        id: "listPayments",
        tag: "payments",
        summary: "The payments of an account, newest first",
        description: "A page at a time. When it has more, ask for the payments after the last id \
                      of the page. A Region that is not active answers too, as far as its \
                      replica has come, and says so with `May-Be-Behind: true`",
        parameters: &["Account", "Limit", "StartingAfter"],
        body: None,
        answers: &[PAYMENTS, QUERY_INVALID, UNAVAILABLE],
    },
    Operation {
        method: "post",
        path: "/payments/validate",
        id: "validatePayment",
        tag: "payments",
        summary: "Says everything that is wrong with a payment",
        description: "Nothing is kept, and the key is not used up",
        parameters: &["IdempotencyKey"],
        body: Some(("NewPayment", NEW_PAYMENT)),
        answers: &[VALID, INVALID, SLOW_BODY, TOO_LARGE, NOT_JSON, BUSY],
    },
    Operation {
        method: "get",
        path: "/payments/{id}",
        id: "readPayment",
        tag: "payments",
        summary: "A payment and its refunds",
        description: "A Region that is not active answers too, as far as its replica has come, and \
                      says so with `May-Be-Behind: true`; that there is no such payment only an \
                      active one says",
        parameters: &["PaymentId"],
        body: None,
        answers: &[PAYMENT, NO_PAYMENT, NOT_HERE],
    },
    Operation {
        method: "post",
        path: "/payments/{id}/refunds",
        id: "createRefund",
        tag: "payments",
        summary: "Gives a payment back, or a part of it",
        description: KEYS,
        parameters: &["PaymentId", "IdempotencyKey"],
        body: Some(("NewRefund", r#"{"amount":34}"#)),
        answers: &[
            REFUND_CREATED,
            INVALID,
            NO_PAYMENT,
            SLOW_BODY,
            REFUND_REFUSED,
            TOO_LARGE,
            NOT_JSON,
            KEY_REUSED,
            NOT_NOW,
        ],
    },
    Operation {
        method: "get",
        path: "/accounts/{id}/balance",
        id: "readBalance",
        tag: "payments",
        summary: "What the merchant of an account has",
        description: "In each currency in which there ever was something; an account that nothing \
                      was paid to has no balances. A Region that is not active answers too, as far \
                      as its replica has come, and says so with `May-Be-Behind: true`",
        parameters: &["AccountId"],
        body: None,
        answers: &[BALANCES, NO_ACCOUNT, UNAVAILABLE],
    },
    Operation {
        method: "get",
        path: "/health",
        id: "health",
        tag: "health",
        summary: "Whether the process serves",
        description: "It asks nobody, so that a store that is away gets no process killed",
        parameters: &[],
        body: None,
        answers: &[SERVING],
    },
    Operation {
        method: "get",
        path: "/health/ready",
        id: "ready",
        tag: "health",
        summary: "Whether this Region may take money now",
        description: "The gate is open, and the ledger can be written under its epoch",
        parameters: &[],
        body: None,
        answers: &[READY, NOT_READY],
    },
    Operation {
        method: "get",
        path: "/health/traffic",
        id: "traffic",
        tag: "health",
        summary: "Which Region traffic is meant for",
        description: "Health checks of DNS look for the name in the answer",
        parameters: &[],
        body: None,
        answers: &[TRAFFIC, TRAFFIC_UNKNOWN],
    },
    Operation {
        method: "get",
        path: "/openapi.json",
        id: "interface",
        tag: "health",
        summary: "This document",
        description: "As it is built into the service",
        parameters: &[],
        body: None,
        answers: &[DOCUMENT],
    },
];
