//! The two functions that every system has besides those of the file: they carry out runs.
//!
//! The file cannot change them, so that what brings the service to the other Region is the same in every system.

use crate::sections::function::{Function, Runtime, Use};
use crate::topology::Topology;

/// Name of the function that performs the actions of runs.
pub(crate) const RUNBOOK: &str = "runbook";

/// Name of the function that asks the ledger of its Region what runs want to know.
pub(crate) const LEDGER: &str = "ledger";

/// How many invocations each of them has at once: a run asks one thing at a time, an invocation that was given up
/// may still run while the next begins, and somebody may look at the state of things meanwhile.
pub(crate) const CONCURRENCY: u32 = 4;

/// The functions of the payment service, all of which are one executable. The function of the ledger is it too.
const SERVICE: [&str; 3] = ["transaction-processing", "payment-validation", "notification"];

/// Whether no function of the file may have this name. The executable of the payment service knows by the
/// beginning of its name that it is the function of the ledger.
pub(crate) fn is_reserved(name: &str) -> bool {
    let of_ledger =
        name.strip_prefix(LEDGER).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    name == RUNBOOK || of_ledger
}

impl Function {
    /// Whether it is one of those that carry out runs, which no file has.
    #[must_use]
    pub fn is_of_runs(&self) -> bool {
        is_reserved(&self.name)
    }
}

impl Topology {
    /// The function that performs the actions of runs. How long an invocation of it may last follows from them, and
    /// is not said here.
    #[must_use]
    pub fn runbook_function(&self) -> Function {
        recovery(RUNBOOK)
    }

    /// The function that asks the ledger of its Region what runs want to know. Its code is that of the payment
    /// service, wherever the file keeps that.
    #[must_use]
    pub fn ledger_function(&self) -> Function {
        let code = SERVICE.iter().find_map(|name| self.code_of(name));
        let code = code.unwrap_or_else(|| Function::new(SERVICE[0]).code);
        Function { code, uses: [Use::Ledger].into(), ..recovery(LEDGER) }
    }

    fn code_of(&self, name: &str) -> Option<String> {
        let is_it = |function: &&Function| {
            function.name == name && function.runtime == Runtime::ProvidedAl2023
        };
        self.functions.iter().find(is_it).map(|function| function.code.clone())
    }
}

fn recovery(name: &str) -> Function {
    Function {
        memory_mb: 512,
        reserved_concurrency: Some(CONCURRENCY),
        group: "Runbook".to_owned(),
        ..Function::new(name)
    }
}
