//! What an answer of AWS that is an error means for an action: try again, already so, or stop. One table, by the codes
//! of the services' models.

use std::error::Error;
use std::time::Duration;

use aws::{Fate, Sorted, sorted};
use aws_sdk_rds::config::http::HttpResponse;
use aws_sdk_rds::error::{ProvideErrorMetadata, SdkError};
use runbook::{Failure, Refused};
use tokio::time::timeout;

/// What an error means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Ask again: it does not work now, or nobody knows whether it was done.
    Again(String),
    /// It was not done for certain, because something else is under way: it may be later.
    NotNow(String),
    /// What was asked for is so already, or is there already.
    AlreadySo(String),
    /// What is asked about is not there.
    Absent(String),
    /// It was refused, because of versions.
    Versions(String),
    /// It was refused, and will be again.
    Stop(String),
}

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Again,
    NotNow,
    AlreadySo,
    Absent,
}

use Meaning::{Absent, Again, AlreadySo, NotNow};

/// The codes that do not mean *stop*. What is not here and was certainly not done is refused for good.
const CODES: &[(&str, Meaning)] = &[
    // RDS: another change is under way, or a member is not available yet.
    ("InvalidDBClusterStateFault", NotNow),
    ("InvalidGlobalClusterStateFault", NotNow),
    ("InvalidDBInstanceState", NotNow),
    ("InvalidDBClusterSnapshotStateFault", Again),
    ("DBClusterSnapshotAlreadyExistsFault", AlreadySo),
    ("DBClusterAlreadyExistsFault", AlreadySo),
    ("DBClusterNotFoundFault", Absent),
    ("GlobalClusterNotFoundFault", Absent),
    ("DBClusterSnapshotNotFoundFault", Absent),
    // RDS: a Region in which many restore at once.
    ("InsufficientDBClusterCapacityFault", Again),
    ("InsufficientDBInstanceCapacity", Again),
    ("InsufficientStorageClusterCapacity", Again),
    // Lambda: somebody else changes the same.
    ("ResourceConflictException", Again),
    ("ResourceInUseException", Again),
    ("ResourceNotFoundException", Absent),
    // API Gateway.
    ("ConflictException", Again),
    ("NotFoundException", Absent),
    // Credentials that have run out: a person gets new ones, and nothing is wrong with the system.
    ("ExpiredToken", Again),
    ("ExpiredTokenException", Again),
    ("RequestExpired", Again),
];

/// How RDS says that roles cannot change between the versions of the members: in words only.
const VERSION_WORDS: [&str; 2] = ["engine version", "patch level"];

impl Fault {
    /// What an error of any operation means.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.as_service_error().and_then(|error| error.meta().code());
        match sorted(error) {
            Sorted::Busy(failure) | Sorted::Silent(failure) => {
                Self::Again(failure.said.to_string())
            }
            // Not an answer of the service, such as a proxy's page: it may have been done all the same.
            Sorted::Stop(failure) if failure.fate == Fate::Doubtful => {
                Self::Again(failure.said.to_string())
            }
            Sorted::Compared => Self::Again("a condition that was not given".to_owned()),
            Sorted::Stop(failure) => Self::answered(code, failure.said.to_string()),
        }
    }

    fn answered(code: Option<&str>, said: String) -> Self {
        let known = code.and_then(|code| CODES.iter().find(|(known, _)| *known == code));
        let lower = said.to_lowercase();
        match known.map(|(_, meaning)| *meaning) {
            _ if VERSION_WORDS.iter().any(|words| lower.contains(words)) => Self::Versions(said),
            Some(Again) => Self::Again(said),
            Some(NotNow) => Self::NotNow(said),
            Some(AlreadySo) => Self::AlreadySo(said),
            Some(Absent) => Self::Absent(said),
            None => Self::Stop(said),
        }
    }

    /// What the run notes of it, where being there already is no success.
    pub(crate) fn failure(self) -> Failure {
        match self {
            Self::Again(said) | Self::NotNow(said) | Self::AlreadySo(said) => {
                Failure::TryAgain(said)
            }
            Self::Versions(said) => Failure::Refused(Refused::Versions, said),
            Self::Absent(said) | Self::Stop(said) => Failure::Refused(Refused::Other, said),
        }
    }

    /// What was said.
    pub(crate) fn said(self) -> String {
        match self {
            Self::Again(said)
            | Self::NotNow(said)
            | Self::AlreadySo(said)
            | Self::Absent(said)
            | Self::Versions(said)
            | Self::Stop(said) => said,
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        fault.failure()
    }
}

/// One call, for so long.
pub(crate) async fn within<T, E>(
    limit: Duration,
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    // What the SDK does to send a request is large, and would be part of every caller's future.
    match timeout(limit, Box::pin(call)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Fault::of(&error)),
        Err(_) => Err(Fault::Again("no answer in time".to_owned())),
    }
}

#[cfg(test)]
mod tests;
