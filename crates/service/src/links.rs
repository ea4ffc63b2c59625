//! Links of the document of the interface: which value of an answer the next request needs.

/// A link to an operation.
pub(crate) struct Link {
    /// Its name among the components.
    pub(crate) name: &'static str,
    pub(crate) operation: &'static str,
    /// The parameter of that operation, and where its value stands in the answer.
    pub(crate) parameter: (&'static str, &'static str),
    pub(crate) description: &'static str,
}

const fn link(
    name: &'static str,
    operation: &'static str,
    parameter: (&'static str, &'static str),
    description: &'static str,
) -> Link {
    Link { name, operation, parameter, description }
}

pub(crate) const READ_PAYMENT: Link = link(
    "ReadPayment",
    "readPayment",
    ("path.id", "$response.body#/id"),
    "What has become of the payment",
);
pub(crate) const REFUND_PAYMENT: Link = link(
    "RefundPayment",
    "createRefund",
    ("path.id", "$response.body#/id"),
    "Gives the payment back",
);
pub(crate) const LIST_PAYMENTS: Link = link(
    "ListPayments",
    "listPayments",
    ("query.account", "$response.body#/account"),
    "The payments of the same account",
);
pub(crate) const READ_BALANCE: Link = link(
    "ReadBalance",
    "readBalance",
    ("path.id", "$response.body#/account"),
    "What the merchant has",
);
pub(crate) const READ_REFUNDED_PAYMENT: Link = link(
    "ReadRefundedPayment",
    "readPayment",
    ("path.id", "$response.body#/payment"),
    "The payment that is given back, with this refund",
);

/// Every link.
pub(crate) const ALL: [&Link; 5] =
    [&READ_PAYMENT, &REFUND_PAYMENT, &LIST_PAYMENTS, &READ_BALANCE, &READ_REFUNDED_PAYMENT];
