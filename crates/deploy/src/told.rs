//! What is told while something is done, and how it can end badly.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::ask::Trouble;
use crate::assembly::{AssemblyFault, Image};
use crate::changes::Changes;
use crate::destroying::Removal;
use crate::events::Event;
use crate::guard::Refusal;

/// What happens meanwhile.
#[derive(Clone, Debug)]
pub enum Told {
    /// The roles of the bootstrap cannot be taken; the caller's own credentials are used instead.
    WithoutRole {
        /// The role.
        role: String,
        /// Why.
        said: String,
    },
    /// A file was put into a bucket.
    Published {
        /// The asset.
        asset: String,
        /// The bucket.
        bucket: String,
    },
    /// What would be done to a stack.
    Planned(Changes),
    /// A stack is as the assembly wants it.
    Unchanged {
        /// Its id in the assembly.
        stack: String,
        /// Its Region.
        region: String,
    },
    /// A change set was begun earlier, and is taken up.
    TakenUp {
        /// The stack's id in the assembly.
        stack: String,
        /// What it is doing.
        status: String,
    },
    /// Something is begun on a stack.
    Begun {
        /// Its id in the assembly.
        stack: String,
        /// Its Region.
        region: String,
        /// What, such as `create`.
        what: &'static str,
    },
    /// Something happened to a resource.
    Happened {
        /// The stack's id in the assembly.
        stack: String,
        /// What.
        event: Event,
    },
    /// What will be removed with what is in it, before it is.
    Removing(Vec<Removal>),
    /// Something else was done for a stack.
    Noted {
        /// The stack's id in the assembly.
        stack: String,
        /// What.
        what: String,
    },
    /// A stack is done.
    Done {
        /// Its id in the assembly.
        stack: String,
        /// Its Region.
        region: String,
        /// What it has become.
        status: String,
    },
}

/// Who is told.
pub(crate) type Teller = dyn Fn(Told) + Send + Sync;

/// How it can end badly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The assembly is wrong.
    #[error(transparent)]
    Assembly(#[from] AssemblyFault),
    /// A file of the assembly cannot be read.
    #[error("`{file}` cannot be read: {said}")]
    File {
        /// The file.
        file: String,
        /// Why.
        said: String,
    },
    /// The account, partition or Region is not the one that is wanted.
    #[error("{what}")]
    WrongPlace {
        /// What is where.
        what: String,
        /// What to type.
        advice: String,
    },
    /// Regions are not prepared.
    #[error("{what}")]
    NotBootstrapped {
        /// Which.
        what: String,
        /// What to type.
        advice: String,
    },
    /// Something is needed that is not made here, and nobody has said that it is where it belongs.
    #[error("{}", not_published(.assets))]
    NotPublished {
        /// Container images, and files that commands make.
        assets: Vec<Image>,
    },
    /// AWS did not do something.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// It is not done unless it is meant.
    #[error("{}", listed(.0))]
    Refused(Vec<Refusal>),
    /// Stacks are in a state in which they cannot be deployed.
    #[error("{}", .stacks.join("\n"))]
    Stuck {
        /// What each is, and what to type.
        stacks: Vec<String>,
    },
    /// Stacks failed.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Failed(Vec<StackFailure>),
    /// It ended after a part of it was done, or for several reasons.
    #[error("{}", half_way(.done, .causes))]
    HalfWay {
        /// What was done, and stays.
        done: Vec<String>,
        /// Why it ended.
        causes: Vec<Failure>,
    },
}

/// A stack that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackFailure {
    /// Its id in the assembly.
    pub stack: String,
    /// Its Region.
    pub region: String,
    /// What it has become, or that it was not begun.
    pub status: String,
    /// The first resource that failed for a reason of its own: construct path, logical id, type, reason.
    pub root: Option<Root>,
    /// Whatever else is known.
    pub said: Option<String>,
    /// What to do.
    pub advice: String,
}

/// The root of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The resource's construct path.
    pub path: String,
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub type_name: String,
    /// What AWS says of it.
    pub reason: String,
}

impl Root {
    pub(crate) fn of(event: &Event) -> Self {
        Self {
            path: event.path.clone(),
            logical_id: event.logical_id.clone(),
            type_name: event.type_name.clone(),
            reason: event.reason.clone().unwrap_or_else(|| event.status.clone()),
        }
    }
}

impl fmt::Display for StackFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stack, region, status, root, said, .. } = self;
        write!(f, "`{stack}` in {region}: {status}")?;
        if let Some(Root { path, logical_id, type_name, reason }) = root {
            write!(f, ": `{path}` ({logical_id}, {type_name}): {reason}")?;
        }
        said.iter().try_for_each(|said| write!(f, ": {said}"))
    }
}

impl Failure {
    /// All that was in the way together, beside what was done; none when nothing was.
    pub(crate) fn together(done: Vec<String>, mut causes: Vec<Self>) -> Option<Self> {
        match (done.is_empty(), causes.len()) {
            (_, 0) => None,
            (true, 1) => causes.pop(),
            _ => Some(Self::HalfWay { done, causes }),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Assembly(_) => "type `tideover synth` or `cdk synth` to write it anew".to_owned(),
            Self::File { .. } => "write the assembly anew, and type the command again".to_owned(),
            Self::WrongPlace { advice, .. } | Self::NotBootstrapped { advice, .. } => {
                advice.clone()
            }
            Self::NotPublished { assets } => {
                let manifests: BTreeSet<&Path> = assets.iter().map(|it| &*it.manifest).collect();
                let commands = manifests.into_iter().map(|manifest| {
                    let of_it = assets.iter().filter(|it| it.manifest == manifest);
                    let ids: Vec<&str> = of_it.map(|it| it.id.as_str()).collect();
                    format!(
                        "`npx cdk-assets publish --path {} {}`",
                        manifest.display(),
                        ids.join(" ")
                    )
                });
                format!(
                    "{}, then the same command with `--images-published`; nothing was changed",
                    commands.collect::<Vec<_>>().join(", ")
                )
            }
            Self::Trouble(trouble) => trouble.advice(),
            Self::Refused(_) => "nothing was changed".to_owned(),
            Self::Stuck { .. } => "nothing was changed".to_owned(),
            Self::Failed(failures) => once(failures.iter().map(|it| it.advice.clone())),
            Self::HalfWay { causes, .. } => once(causes.iter().map(Self::advice_half_way)),
        }
    }

    fn advice_half_way(&self) -> String {
        match self {
            Self::Refused(_) | Self::Stuck { .. } => {
                "what is done stays done; when what is above is settled, type the same command again: it goes on where it stopped".to_owned()
            }
            failure => failure.advice(),
        }
    }
}

/// Each advice once, in the order in which they come.
fn once(advice: impl Iterator<Item = String>) -> String {
    let mut kept: Vec<String> = Vec::new();
    for it in advice {
        if !kept.contains(&it) {
            kept.push(it);
        }
    }
    kept.join("; ")
}

fn half_way(done: &[String], causes: &[Failure]) -> String {
    let causes = causes.iter().map(ToString::to_string);
    let done = (!done.is_empty()).then(|| format!("done before that: {}", done.join(", ")));
    causes.chain(done).collect::<Vec<_>>().join("\n")
}

fn not_published(assets: &[Image]) -> String {
    let lines = assets.iter().map(|Image { id, manifest }| {
        format!("`{id}` of `{}` is built by a command, which is not run here", manifest.display())
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn listed(refusals: &[Refusal]) -> String {
    let lines = refusals.iter().map(|refusal| match refusal.stack.as_str() {
        "" => refusal.to_string(),
        stack => format!("`{stack}`: {refusal}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}
