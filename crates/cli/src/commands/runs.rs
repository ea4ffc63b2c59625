//! `tideover runs`: the runs that there were, or the journal of one.

use std::io::{Write, stdout};

use runbook::wire;
use serde_json::{Value, json};

use crate::args::{Output, RunsArgs};
use crate::live::follow::tell;
use crate::live::on::on;
use crate::live::reached::block_on;
use crate::live::runs::{Known, find};
use crate::live::standing::standing;

pub(crate) fn runs(args: &RunsArgs) -> anyhow::Result<()> {
    block_on(async {
        let reach = on(&args.on, &args.input, None).await?;
        if let Some(run) = &args.run {
            return journal(&find(&reach, run).await?, args.output);
        }
        let runs = reach.runs().await?;
        if args.output == Output::Text {
            let mut stdout = stdout().lock();
            return Ok(runs.iter().try_for_each(|run| writeln!(stdout, "{run}"))?);
        }
        let mut told = Vec::new();
        for run in runs {
            told.push(standing(&find(&reach, run.as_str()).await?));
        }
        Ok(writeln!(stdout().lock(), "{:#}", json!({"runs": told}))?)
    })
}

/// What was done in a run; for programs with every entry as it was written.
fn journal(known: &Known, output: Output) -> anyhow::Result<()> {
    let mut stdout = stdout().lock();
    if output == Output::Text {
        return Ok(tell(&mut stdout, &known.entries, &mut 0)?);
    }
    let entry = |entry| serde_json::from_str(&wire::encode(entry));
    let entries: Vec<Value> = known.entries.iter().map(entry).collect::<Result<_, _>>()?;
    let mut told = standing(known);
    told["journal"] = entries.into();
    Ok(writeln!(stdout, "{told:#}")?)
}
