//! How what `deploy` says ends as an exit code and a hint.

use deploy::Failure;

use crate::failure::{WrongInput, refused, with_hint};

pub(crate) fn failed(failure: Failure) -> anyhow::Error {
    let advice = failure.advice();
    match failure {
        Failure::Assembly(fault) => WrongInput::new(fault).into(),
        Failure::Refused(_) => refused(failure.to_string(), advice),
        failure => with_hint(failure.to_string(), advice),
    }
}
