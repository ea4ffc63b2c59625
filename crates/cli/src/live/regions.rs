//! What two Regions on this machine need before they can be brought up, and how clients find them.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use anyhow::Context as _;
use local::postgres::{Programs, Template};
use local::rehearsal::Patience;
use local::{Pace, Place, Resolver, System, Ttl};
use service::Source;

use crate::failure::with_hint;

/// What they are made of.
pub(crate) struct Prepared {
    pub(crate) programs: Programs,
    pub(crate) template: Template,
    pub(crate) password: String,
}

/// Finds PostgreSQL, and makes what both databases begin as in this folder of the Regions' one.
pub(crate) async fn prepare(directory: &Path) -> anyhow::Result<Prepared> {
    let programs = Programs::find().map_err(|none| {
        with_hint(none.to_string(), "`tideover drill` rehearses without anything installed")
    })?;
    if let Some(folder) = directory.parent() {
        make_enterable(folder)?;
    }
    let password = format!("{:032x}", Source::system().bits());
    let template = Template::make(&programs, directory, &password).await?;
    Ok(Prepared { programs, template, password })
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

/// Makes the folder. The user of PostgreSQL passes through it on the way to what is its own, and sees nothing.
fn make_enterable(directory: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o711).create(directory);
    made.with_context(|| format!("cannot make `{}`", directory.display()))
}
