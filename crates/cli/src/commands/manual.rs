//! `tideover completions` and `tideover man`: made from the same definitions as `--help`.

use std::io::{Write, stdout};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;

pub(crate) fn completions(shell: Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "tideover", &mut script);
    Ok(stdout().write_all(&script)?)
}

pub(crate) fn man() -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut page)?;
    Ok(stdout().write_all(&page)?)
}
