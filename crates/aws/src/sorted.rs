//! What an error of the SDK means, sorted here and nowhere else: try again, already so, or stop; and whether the request
//! may have been carried out all the same.
//!
//! The first is about when to ask again, the second about what may be said of a write. In doubt a request may have been
//! carried out: that it was not must be certain.

use std::error::Error;
use std::fmt::Write as _;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Answers that mean *come again later*: the request was turned away before it was looked at.
const THROTTLED: [&str; 13] = [
    "BandwidthLimitExceeded",
    "KMSThrottling",
    "KMSThrottlingException",
    "OverLimit",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
];

/// An answer that means *come again later*, because another Region is writing the same item. DynamoDB does not say that
/// nothing of the write will be seen.
const CONFLICT: &str = "ReplicatedWriteConflictException";

/// The answer of a conditional write whose condition does not hold.
const CONDITION_FAILED: &str = "ConditionalCheckFailedException";

/// What an error means.
#[derive(Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Try again, after a pause: the service is there, and busy.
    Busy(Failure),
    /// Try again, elsewhere first: no answer, or one that says nothing.
    Silent(Failure),
    /// The condition of the write does not hold. What is stored tells whether it is already so.
    Compared,
    /// Stop: the same request has the same answer here.
    Stop(Failure),
}

/// A request without a useful answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// What is certain about it.
    pub fate: Fate,
    /// What was said, for people.
    pub said: Said,
}

/// Whether a request may have been carried out, or may yet be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was not, and will not be.
    NotDone,
    /// Nobody knows.
    Doubtful,
}

/// What AWS, or the way to it, said: words for people, with nothing in them of what was sent or stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Said(String);

impl Said {
    /// These words.
    #[must_use]
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl Sorted {
    /// A request that was given up when its time was over.
    pub(crate) fn out_of_time() -> Self {
        let said = Said::new("no answer in time");
        Self::Silent(Failure { fate: Fate::Doubtful, said })
    }
}

/// Sorts an error of any operation of any service.
#[must_use]
pub fn sorted<E>(error: &SdkError<E, HttpResponse>) -> Sorted
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => stop(Fate::NotDone, chain(error)),
        SdkError::TimeoutError(_) => Sorted::out_of_time(),
        SdkError::DispatchFailure(failure) => {
            let fate = failure.as_connector_error().map_or(Fate::Doubtful, |error| way(error));
            Sorted::Silent(Failure { fate, said: Said(chain(error)) })
        }
        // What cannot be read is not repeated: it may be a secret.
        SdkError::ResponseError(_) => {
            let said = Said::new("an answer that cannot be read");
            Sorted::Silent(Failure { fate: Fate::Doubtful, said })
        }
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            answered(status, answer.err().meta().code(), answer.err().meta().message())
        }
        _ => stop(Fate::Doubtful, chain(error)),
    }
}

/// Sorts an answer that is an error, by its code where it has one.
fn answered(status: u16, code: Option<&str>, message: Option<&str>) -> Sorted {
    let said = format!("{} ({status}): {}", code.unwrap_or("error"), message.unwrap_or("-"));
    let failure = |fate| Failure { fate, said: Said(said.clone()) };
    match (code, status) {
        (Some(CONDITION_FAILED), _) => Sorted::Compared,
        (Some(CONFLICT), _) => Sorted::Busy(failure(Fate::Doubtful)),
        (Some(code), _) if THROTTLED.contains(&code) => Sorted::Busy(failure(Fate::NotDone)),
        (_, 408 | 500..) => Sorted::Silent(failure(Fate::Doubtful)),
        (_, 429) => Sorted::Busy(failure(Fate::Doubtful)),
        (Some(_), 400..) => stop(Fate::NotDone, said),
        // Not an answer of the service: of something on the way, such as a proxy.
        _ => stop(Fate::Doubtful, said),
    }
}

/// Whether a request that failed on its way may have arrived. It did not when there was no connection, or when there was
/// nothing to sign it with.
fn way(error: &(dyn Error + 'static)) -> Fate {
    let was_never_sent = causes(error).any(|cause| {
        let http = cause.downcast_ref::<hyper_util::client::legacy::Error>();
        http.is_some_and(|http| http.is_connect()) || cause.is::<CredentialsError>()
    });
    if was_never_sent { Fate::NotDone } else { Fate::Doubtful }
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The texts of an error and its causes; never their `Debug`, which shows whole answers.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error).skip(1) {
        let _ = write!(text, ": {cause}");
    }
    text
}

fn stop(fate: Fate, said: String) -> Sorted {
    Sorted::Stop(Failure { fate, said: Said(said) })
}

#[cfg(test)]
mod tests;
