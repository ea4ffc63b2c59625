//! Which of the four functions a process is. All of them are one executable: it is built, uploaded and kept once.

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// It answers requests. Which of them it gets is the API's choice.
    Requests,
    /// It works the outbox off.
    Outbox,
    /// It answers what runs ask of the ledger.
    Ledger,
}

/// The functions, by what their names in AWS begin with.
const FUNCTIONS: [(&str, Task); 4] = [
    ("ledger-", Task::Ledger),
    ("notification-", Task::Outbox),
    ("payment-validation-", Task::Requests),
    ("transaction-processing-", Task::Requests),
];

impl Task {
    /// The task of the function that has this name in AWS: its own, a hyphen, and the suffix of the environment.
    pub(crate) fn of_function(name: &str) -> Option<Self> {
        let is_suffix = |text: &str| !text.is_empty() && !text.contains('-');
        let is = |beginning: &str| name.strip_prefix(beginning).is_some_and(is_suffix);
        FUNCTIONS.iter().find(|(beginning, _)| is(beginning)).map(|(_, task)| *task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name() {
        for (name, task) in [
            ("payment-validation-dev", Some(Task::Requests)),
            ("transaction-processing-prod2", Some(Task::Requests)),
            ("notification-dev", Some(Task::Outbox)),
            ("ledger-dev", Some(Task::Ledger)),
            ("notification", None),
            ("notification-", None),
            ("notification-of-others-dev", None),
            ("reports-dev", None),
            ("", None),
        ] {
            assert_eq!(Task::of_function(name), task, "{name}");
        }
    }
}
