//! The status of a stack, and what can be done about it.

/// What can be done with a stack in its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It is not there, or is only being reviewed: it is created.
    Create,
    /// It is there and can be changed.
    Update,
    /// Something is being done with it: wait for that.
    Wait,
    /// Its creation was rolled back, or failed half-way: only taking it away helps.
    Recreate,
    /// Its update could not be rolled back: CloudFormation must be told to go on.
    ContinueRollback,
}

/// What can be done with a stack in this status; none when it is not there.
pub(crate) fn course(status: Option<&str>) -> Course {
    match status {
        None | Some("DELETE_COMPLETE" | "REVIEW_IN_PROGRESS") => Course::Create,
        Some("ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED") => {
            Course::Recreate
        }
        Some("UPDATE_ROLLBACK_FAILED" | "IMPORT_ROLLBACK_FAILED") => Course::ContinueRollback,
        Some(status) if status.ends_with("_IN_PROGRESS") => Course::Wait,
        Some(_) => Course::Update,
    }
}

/// Whether an operation that ended so did what it was asked to.
pub(crate) fn is_good(status: &str) -> bool {
    matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE" | "IMPORT_COMPLETE")
}

/// Whether what a stack was meant to be last is what it is.
pub(crate) fn is_settled(status: &str) -> bool {
    matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE")
}

/// Whether an operation has ended so.
pub(crate) fn is_over(status: &str) -> bool {
    !status.ends_with("_IN_PROGRESS")
}

/// What to type about a stack that cannot be deployed as it is.
pub(crate) fn advice(course: Course, name: &str, region: &str) -> String {
    match course {
        Course::ContinueRollback => format!(
            "`aws cloudformation continue-update-rollback --stack-name {name} --region {region}`, then the same command again"
        ),
        _ => format!(
            "the same command with `--recreate {name}`, which takes away what is left of it first"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_course() {
        let table = [
            (None, Course::Create),
            (Some("REVIEW_IN_PROGRESS"), Course::Create),
            (Some("DELETE_COMPLETE"), Course::Create),
            (Some("CREATE_COMPLETE"), Course::Update),
            (Some("UPDATE_COMPLETE"), Course::Update),
            (Some("UPDATE_FAILED"), Course::Update),
            (Some("UPDATE_ROLLBACK_COMPLETE"), Course::Update),
            (Some("IMPORT_COMPLETE"), Course::Update),
            (Some("IMPORT_ROLLBACK_COMPLETE"), Course::Update),
            (Some("CREATE_IN_PROGRESS"), Course::Wait),
            (Some("ROLLBACK_IN_PROGRESS"), Course::Wait),
            (Some("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), Course::Wait),
            (Some("UPDATE_ROLLBACK_IN_PROGRESS"), Course::Wait),
            (Some("DELETE_IN_PROGRESS"), Course::Wait),
            (Some("CREATE_FAILED"), Course::Recreate),
            (Some("ROLLBACK_COMPLETE"), Course::Recreate),
            (Some("ROLLBACK_FAILED"), Course::Recreate),
            (Some("DELETE_FAILED"), Course::Recreate),
            (Some("UPDATE_ROLLBACK_FAILED"), Course::ContinueRollback),
            (Some("IMPORT_ROLLBACK_FAILED"), Course::ContinueRollback),
        ];
        for (status, wanted) in table {
            assert_eq!(course(status), wanted, "{status:?}");
        }
    }

    #[test]
    fn a_rollback_is_no_success() {
        for status in ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED"] {
            assert!(is_over(status) && !is_good(status), "{status}");
        }
        assert!(!is_over("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
    }
}
