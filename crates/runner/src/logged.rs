//! The log: lines of JSON on standard output, which Lambda keeps.

use std::io::Write;

use aws::Notice;
use serde_json::json;

/// Writes a line.
pub(crate) fn line(level: &str, message: &str, reason: &str) {
    let line = json!({"level": level, "message": message, "reason": reason});
    // Whether anybody reads it is nothing that a run depends on.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// What failed and was borne.
pub(crate) fn notice(notice: &Notice) {
    line("warn", notice.about, &notice.said.to_string());
}
