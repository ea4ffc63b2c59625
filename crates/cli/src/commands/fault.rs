//! `tideover fault`: lets something fail in the two Regions on this machine, or work again.

use std::io::{Write, stderr};

use crate::args::FaultArgs;
use crate::failure::with_hint;
use crate::live::reached::{block_on, reach};

pub(crate) fn fault(args: &FaultArgs) -> anyhow::Result<()> {
    block_on(async {
        let reach = reach(&args.up).await?;
        let words = args.words.join(" ");
        let changed = reach.change(&words).await;
        changed.map_err(|cause| {
            with_hint(cause.to_string(), "type `tideover fault --help` for what can be said")
        })?;
        writeln!(stderr().lock(), "done: {words}")?;
        Ok(())
    })
}
