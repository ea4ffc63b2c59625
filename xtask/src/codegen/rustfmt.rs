//! Formatting of generated code with the toolchain's own formatter and the workspace's settings.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Formats the text of one file.
pub(crate) fn format(root: &Path, text: &str) -> Result<String> {
    let mut formatter = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start rustfmt")?;
    formatter.stdin.take().context("rustfmt takes no input")?.write_all(text.as_bytes())?;
    let output = formatter.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt refuses the text");
    Ok(String::from_utf8(output.stdout)?)
}
