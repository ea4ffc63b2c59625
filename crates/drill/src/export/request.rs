//! What clients want, in the format.

use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::history::{Card, ClientRequest, RequestKind};

/// A [`ClientRequest`] and its number.
#[derive(Serialize, Deserialize)]
pub(super) struct RequestShape {
    request: u32,
    client: u32,
    key: String,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u32>,
    account: u32,
    minor_units: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<CardWord>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Payment,
    Refund,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CardWord {
    Accepts,
    Declines,
}

impl RequestShape {
    pub(super) fn of(number: u32, request: &ClientRequest) -> Self {
        let (kind, of) = match request.kind {
            RequestKind::Payment => (Kind::Payment, None),
            RequestKind::Refund { of } => (Kind::Refund, Some(of)),
        };
        let ClientRequest { client, account, minor_units, .. } = *request;
        let key = request.key.clone();
        let card = match request.card {
            Card::Accepts => Some(CardWord::Accepts),
            Card::Declines => Some(CardWord::Declines),
            Card::NotKnown => None,
        };
        Self { request: number, client, key, kind, of, account, minor_units, card }
    }

    pub(super) fn read(self) -> Field<ClientRequest> {
        let kind = match (self.kind, self.of) {
            (Kind::Payment, None) => RequestKind::Payment,
            (Kind::Refund, Some(of)) => RequestKind::Refund { of },
            _ => return Err("of"),
        };
        if self.minor_units < 0 {
            return Err("minor_units");
        }
        let card = match self.card {
            Some(CardWord::Accepts) => Card::Accepts,
            Some(CardWord::Declines) => Card::Declines,
            None => Card::NotKnown,
        };
        let Self { client, key, account, minor_units, .. } = self;
        Ok(ClientRequest { client, key, kind, account, minor_units, card })
    }
}
