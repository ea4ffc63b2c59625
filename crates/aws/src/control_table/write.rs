//! Conditional writes, and what became of one when all its tries are considered.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{DOCUMENT, ID, Item, Unreadable, text};
use crate::asking::Asked;
use crate::sorted::{Failure, Fate, Said, Sorted};

/// A write of an item.
pub(super) struct Put {
    pub(super) id: String,
    pub(super) document: String,
    /// What people and conditions read.
    pub(super) attributes: Vec<(&'static str, AttributeValue)>,
    pub(super) expected: Expected,
}

/// What must be stored for a write to take place.
pub(super) enum Expected {
    /// No item of this key.
    Nothing,
    /// An item with these values; one that is nothing must not be there.
    Values(Vec<(&'static str, Option<AttributeValue>)>),
}

impl Put {
    /// The request for this write.
    pub(super) fn fill(&self, request: PutItemFluentBuilder) -> PutItemFluentBuilder {
        let mut request = request.item(ID, text(&self.id)).item(DOCUMENT, text(&self.document));
        for (name, value) in &self.attributes {
            request = request.item(*name, value.clone());
        }
        self.expected.fill(request)
    }

    /// What it means that this was found where something else was expected.
    pub(super) fn compared(&self, found: Option<Item>) -> Result<Compared, Sorted> {
        match (found, &self.expected) {
            (None, Expected::Nothing) => {
                let said = Said::new("something is there, and the table does not say what");
                Err(Sorted::Stop(Failure { fate: Fate::NotDone, said }))
            }
            (found, _) => Ok(Compared::Holds(found)),
        }
    }
}

impl Expected {
    /// Names stand as `#name`: many words are reserved.
    fn fill(&self, mut request: PutItemFluentBuilder) -> PutItemFluentBuilder {
        let Self::Values(values) = self else {
            return request
                .condition_expression(format!("attribute_not_exists(#{ID})"))
                .expression_attribute_names(format!("#{ID}"), ID);
        };
        let mut terms = Vec::new();
        for (name, value) in values {
            request = request.expression_attribute_names(format!("#{name}"), *name);
            terms.push(match value {
                Some(value) => {
                    request =
                        request.expression_attribute_values(format!(":{name}"), value.clone());
                    format!("#{name} = :{name}")
                }
                None => format!("attribute_not_exists(#{name})"),
            });
        }
        request.condition_expression(terms.join(" AND "))
    }
}

/// What an endpoint answers to a conditional write.
pub(super) enum Compared {
    /// It is written.
    Written,
    /// It is not: this is stored.
    Holds(Option<Item>),
}

/// What became of a conditional write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Settled<T> {
    /// It took place.
    Written,
    /// It did not, and will not: this is stored.
    Refused(Option<T>),
    /// It did not, and will not: nobody compared it.
    NotDone(Said),
    /// Nobody knows.
    Unknown(Said),
}

/// Settles a write of `ours`.
///
/// A try without an answer may have taken place, and another then finds `ours` where it expected what was before: that
/// is a success. When it finds something else, ours may have been there in between, unless `excludes` says of what is
/// stored that it cannot have been.
pub(super) fn settle<T: PartialEq>(
    asked: Asked<Compared>,
    ours: &T,
    read: impl FnOnce(&Item) -> Result<T, Unreadable>,
    excludes: impl FnOnce(&T) -> bool,
) -> Settled<T> {
    let stored = match asked.answer {
        Ok(Compared::Written) => return Settled::Written,
        Ok(Compared::Holds(None)) => return Settled::Refused(None),
        Ok(Compared::Holds(Some(item))) => {
            read(&item).map_err(|error| Said::new(error.to_string()))
        }
        Err(said) => Err(said),
    };
    match (stored, asked.before) {
        (Ok(stored), _) if stored == *ours => Settled::Written,
        (Ok(stored), Fate::NotDone) => Settled::Refused(Some(stored)),
        (Ok(stored), Fate::Doubtful) if excludes(&stored) => Settled::Refused(Some(stored)),
        (Ok(_), Fate::Doubtful) => {
            Settled::Unknown(Said::new("it is not known whether ours was there before what is"))
        }
        (Err(said), Fate::NotDone) => Settled::NotDone(said),
        (Err(said), Fate::Doubtful) => Settled::Unknown(said),
    }
}
