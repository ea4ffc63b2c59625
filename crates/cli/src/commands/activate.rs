//! `tideover activate`: a deployed system takes its first payment.

use std::io::{Write, stderr};

use cloud::{Active, NotActivated};
use fence::Author;

use crate::args::ActivateArgs;
use crate::failure::with_hint;
use crate::input;
use crate::live::on::in_aws;
use crate::live::reached::block_on;

pub(crate) fn activate(args: &ActivateArgs) -> anyhow::Result<()> {
    block_on(async {
        let reach = in_aws(&input::topology(&args.input)?, None).await?;
        let active = cloud::activate(&reach, Author::new(&args.by)).await;
        let Active { region, epoch } = active.map_err(refused)?;
        Ok(writeln!(stderr().lock(), "{region} is active, in epoch {epoch}")?)
    })
}

fn refused(not_activated: NotActivated) -> anyhow::Error {
    let hint = match &not_activated {
        NotActivated::Account(_) => {
            "`aws sts get-caller-identity` shows whose credentials these are"
        }
        NotActivated::UnderWay => "`tideover runs` lists them, `tideover resume` goes on with one",
        _ => "when `tideover deploy` has come to its end, type it again: what is done is done once",
    };
    with_hint(format!("{:#}", anyhow::Error::from(not_activated)), hint)
}
