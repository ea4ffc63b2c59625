//! How what `deploy` says ends as an exit code and a hint.

use deploy::Failure;

use crate::failure::{Ended, WrongInput, with_hint};

/// The exit code of what is refused.
const REFUSED: u8 = 7;

pub(crate) fn failed(failure: Failure) -> anyhow::Error {
    let advice = failure.advice();
    match failure {
        Failure::Assembly(fault) => WrongInput::new(fault).into(),
        Failure::Refused(_) => {
            Ended { code: REFUSED, error: failure.to_string(), hint: advice }.into()
        }
        failure => with_hint(failure.to_string(), advice),
    }
}
