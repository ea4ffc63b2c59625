//! What the control file of a stopped cluster says.

use super::error::ClusterError;
use super::home::Home;
use super::programs::{Programs, run};
use super::replication::Lsn;

/// Where the last record of a cluster begins that was stopped in order: its checkpoint. Of one that was killed nobody
/// knows.
pub(super) async fn last_checkpoint(programs: &Programs, home: &Home) -> Result<Lsn, ClusterError> {
    let mut command = programs.command("pg_controldata");
    command.arg("-D").arg(home.data());
    let said = run(command).await?;
    in_text(&said).ok_or(ClusterError::Malformed("the end of its log in order"))
}

fn in_text(said: &str) -> Option<Lsn> {
    let named = |wanted| {
        let mut lines = said.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| *name == wanted).map(|(_, value)| value.trim())
    };
    let is_in_order = named("Database cluster state")?.starts_with("shut down");
    let last = named("Latest checkpoint location").filter(|_| is_in_order)?;
    last.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn a_checkpoint_is_found() {
        let said = "Database cluster state:               shut down\n\
                    Latest checkpoint location:           1/3000028\n\
                    Latest checkpoint's REDO location:    1/2000028\n";
        assert_eq!(in_text(said).unwrap().to_string(), "1/3000028");
        assert_eq!(in_text("Latest checkpoint's REDO location: 1/2000028"), None);
        let killed = said.replace("shut down", "in production");
        assert_eq!(in_text(&killed), None, "it was killed");
    }
}
