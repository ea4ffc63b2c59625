//! What two Regions on this machine need before they can be brought up, and how clients find them.

use std::path::Path;

use anyhow::Context as _;
use local::postgres::{Programs, Template};
use local::rehearsal::Patience;
use local::{Claimed, Ground, NotUp, Pace, Place, Resolver, System, Ttl};
use service::Source;

use crate::failure::with_hint;

/// What they are made of.
pub(crate) struct Prepared {
    /// The folder, which is ours before anything is started in it.
    pub(crate) ground: Ground,
    pub(crate) programs: Programs,
    pub(crate) template: Template,
    pub(crate) password: String,
}

/// Finds PostgreSQL, claims the folder, and makes in it what both databases begin as.
pub(crate) async fn prepare(folder: &Path) -> anyhow::Result<Prepared> {
    let programs = Programs::find().map_err(|none| {
        with_hint(none.to_string(), "`tideover drill` rehearses without anything installed")
    })?;
    let program = std::env::current_exe().context("this program has no path")?;
    let ground = Ground::claim(folder, &program).map_err(first_there)?;
    let password = format!("{:032x}", Source::system().bits());
    let template = Template::make(&programs, &ground.path().join("template"), &password).await?;
    Ok(Prepared { ground, programs, template, password })
}

/// A resolver for each client.
pub(crate) fn names(system: &System) -> impl Fn(Patience) -> Resolver + use<> {
    let ways = system.ways(Place::Outside);
    move |patience| {
        let ttl = match patience {
            Patience::Honest => Ttl::Honoured,
            Patience::Sticky => Ttl::Ignored(Pace::default().sticky_ttl),
        };
        Resolver::new(ways.dns, ttl)
    }
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
