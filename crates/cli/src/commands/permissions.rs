//! `tideover permissions`: the IAM policies of people who type commands.

use std::io::Write;

use anyhow::anyhow;
use serde_json::Value;
use stacks::{CHARACTERS_MAX, Operator};

use crate::args::{PermissionsArgs, Purpose};
use crate::failure::with_hint;
use crate::input;

pub(crate) fn permissions(args: &PermissionsArgs) -> anyhow::Result<()> {
    let topology = input::topology(&args.input)?;
    let account = args.account.clone().or_else(|| topology.account.clone());
    let account = account.ok_or_else(|| {
        with_hint(
            "whose resources these are is not known: the file names no account",
            "type the account's number as `--account 123456789012`, or write `account` into tideover.toml",
        )
    })?;
    let policies = stacks::permissions(&topology, operator(args.purpose), &account);
    let mut stdout = std::io::stdout().lock();
    for policy in chosen(&policies, args.part)? {
        writeln!(stdout, "{policy:#}")?;
    }
    if args.part.is_none() && policies.len() > 1 {
        let count = policies.len();
        writeln!(
            std::io::stderr(),
            "{count} policies, because IAM takes {CHARACTERS_MAX} characters in one; `--part 1` to `--part {count}` print one each"
        )?;
    }
    Ok(())
}

fn chosen(policies: &[Value], part: Option<usize>) -> anyhow::Result<&[Value]> {
    let Some(part) = part else { return Ok(policies) };
    let found = part.checked_sub(1).and_then(|index| policies.get(index..=index));
    found.ok_or_else(|| {
        let count = policies.len();
        anyhow!("there is no part {part}: the parts are 1 to {count}")
    })
}

fn operator(purpose: Purpose) -> Operator {
    match purpose {
        Purpose::Look => Operator::Looker,
        Purpose::Approve => Operator::Approver,
        Purpose::Activate => Operator::Activator,
        Purpose::Run => Operator::Runner,
        Purpose::Deploy => Operator::Deployer,
    }
}
