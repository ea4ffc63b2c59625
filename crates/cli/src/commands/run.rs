//! `tideover switchover`, `failover` and `failback`: the plan in every form, or the run itself.

use std::io::{Write, stderr, stdout};

use runbook::render;
use runbook::{Homes, PlanKind, supposed};
use stacks::{homes, names};

use crate::args::{Form, Output, RunArgs};
use crate::commands::carry_out::carry_out;
use crate::failure::{Ended, WRONG_COMMAND};
use crate::input;

const FUNCTION: &str = "${RunbookFunction}";

pub(crate) fn run(kind: PlanKind, args: &RunArgs) -> anyhow::Result<()> {
    if !args.dry_run {
        let output = match args.output {
            Form::Text => Output::Text,
            Form::Json => Output::Json,
            Form::Markdown | Form::StateMachine => return Err(no_form_here().into()),
        };
        return carry_out(kind, &args.carry_out, &args.input, output);
    }
    if args.function.is_some() && args.output != Form::StateMachine {
        return Err(no_function_here().into());
    }
    let topology = input::topology(&args.input)?;
    let homes = homes(&topology);
    let plan = supposed(kind, &homes);
    let form = match args.output {
        Form::Text => render::text(&plan),
        Form::Json => render::json(&plan),
        Form::Markdown => render::page(&plan, &names(&topology)),
        Form::StateMachine => {
            render::state_machine(&plan, args.function.as_deref().unwrap_or(FUNCTION))
        }
    };
    writeln!(stderr().lock(), "{}", supposition(kind, args, &homes))?;
    Ok(stdout().lock().write_all(form.as_bytes())?)
}

fn supposition(kind: PlanKind, args: &RunArgs, homes: &Homes) -> String {
    let (file, active) = (args.input.file.display(), homes.leaves(kind));
    format!(
        "note: nobody was asked: made from `{file}` as if {active} were active and every condition of a {kind} held"
    )
}

fn no_function_here() -> Ended {
    Ended {
        code: WRONG_COMMAND,
        error: "`--function` is for state machines only".to_owned(),
        hint: "add `--output state-machine`, or leave it out".to_owned(),
    }
}

fn no_form_here() -> Ended {
    Ended {
        code: WRONG_COMMAND,
        error: "`--output markdown` and `state-machine` are for plans".to_owned(),
        hint: "add `--dry-run`, or leave it out".to_owned(),
    }
}
