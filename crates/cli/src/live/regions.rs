//! What two Regions on this machine need before they can be brought up.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use local::postgres::{Programs, Template};
use local::{Claimed, Ground, NoHook, NotUp, Pace, SystemSettings, Underlay};
use service::Source;

use crate::args::Between;
use crate::failure::with_hint;

/// Finds PostgreSQL, claims the folder, and makes in it what both databases begin as. The folder is ours before anything
/// is started in it.
pub(crate) async fn prepare(
    folder: &Path,
    network: Option<Between>,
) -> anyhow::Result<(Ground, SystemSettings)> {
    let programs = Programs::find().map_err(|none| {
        with_hint(none.to_string(), "`tideover drill` rehearses without anything installed")
    })?;
    let program = std::env::current_exe().context("this program has no path")?;
    let ground = Ground::claim(folder, &program).map_err(first_there)?;
    let password = format!("{:032x}", Source::system().bits());
    let template = Template::make(&programs, &ground.path().join("template"), &password).await?;
    let settings = SystemSettings {
        directory: ground.path().to_owned(),
        program,
        programs,
        template: Arc::new(template),
        password,
        pace: Pace::default(),
        hook: Arc::new(NoHook),
        disk_limit: None,
        underlay: match network {
            None => Underlay::Any,
            Some(Between::Namespaces) => Underlay::Namespaces,
            Some(Between::Proxies) => Underlay::Proxies,
        },
    };
    Ok((ground, settings))
}

/// Others run here: they are told of, and how to reach them.
fn first_there(error: NotUp) -> anyhow::Error {
    match error {
        NotUp::Claimed(claimed @ Claimed::By { .. }) => with_hint(
            claimed.to_string(),
            "`tideover status` shows them; another folder takes others",
        ),
        other => other.into(),
    }
}
