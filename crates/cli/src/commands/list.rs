//! `tideover list`: the stacks, without writing anything.

use std::io::Write;

use cfn::Stack;
use serde_json::{Value, json};

use crate::args::{ListArgs, Output};
use crate::input;

pub(crate) fn list(args: &ListArgs) -> anyhow::Result<()> {
    let input = input::read(&args.input)?;
    let stacks = stacks::stacks(&input.topology, &input.packages);
    let mut stdout = std::io::stdout().lock();
    if args.output == Output::Json {
        let entries: Vec<Value> = stacks.iter().map(entry).collect();
        writeln!(stdout, "{:#}", json!({"stacks": entries}))?;
        return Ok(());
    }
    let width = |of: fn(&Stack) -> usize| stacks.iter().map(of).max().unwrap_or_default();
    let (ids, regions) =
        (width(|stack| stack.id.len()), width(|stack| stack.environment.region.len()));
    for stack in &stacks {
        let (id, region, count) = (&stack.id, &stack.environment.region, stack.resource_count());
        writeln!(stdout, "{id:ids$}  {region:regions$}  {count:>3} resources  {}", stack.name)?;
    }
    Ok(())
}

/// A stack as programs see it.
pub(super) fn entry(stack: &Stack) -> Value {
    json!({
        "id": &*stack.id,
        "name": stack.name,
        "region": stack.environment.region,
        "resources": stack.resource_count(),
        "termination_protection": stack.termination_protection,
    })
}
