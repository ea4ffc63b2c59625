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

pub(crate) const READ_PAYMENT: Link = Link {
    name: "ReadPayment",
    operation: "readPayment",
    parameter: ("path.id", "$response.body#/id"),
    description: "What has become of the payment",
};
pub(crate) const REFUND_PAYMENT: Link = Link {
    name: "RefundPayment",
    operation: "createRefund",
    parameter: ("path.id", "$response.body#/id"),
    description: "Gives the payment back",
};
pub(crate) const LIST_PAYMENTS: Link = Link {
    name: "ListPayments",
    operation: "listPayments",
    parameter: ("query.account", "$response.body#/account"),
    description: "The payments of the same account",
};
pub(crate) const READ_BALANCE: Link = Link {
    name: "ReadBalance",
    operation: "readBalance",
    parameter: ("path.id", "$response.body#/account"),
    description: "What the merchant has",
};
pub(crate) const READ_REFUNDED_PAYMENT: Link = Link {
    name: "ReadRefundedPayment",
    operation: "readPayment",
    parameter: ("path.id", "$response.body#/payment"),
    description: "The payment that is given back, with this refund",
};
/// Every link.
pub(crate) const ALL: [&Link; 5] =
    [&READ_PAYMENT, &REFUND_PAYMENT, &LIST_PAYMENTS, &READ_BALANCE, &READ_REFUNDED_PAYMENT];
