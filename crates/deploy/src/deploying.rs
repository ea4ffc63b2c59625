//! The deployment of an assembly: everything that is there is looked at and guarded before the first of it is changed;
//! then stacks go as soon as what they wait for is done, in all Regions at once.

mod bring;
mod plan;
mod rehearsal;
mod remains;
mod second;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::JoinSet;

use self::bring::{bring, bring_again};
use self::plan::{Planned, Step, plan};
use crate::assembly::{Assembly, Image, Stack};
use crate::assets::{Needed, publish};
use crate::guard::Guard;
use crate::order::{Waiting, note_done, take_ready};
use crate::peer;
use crate::quota;
use crate::site::{Site, Speaker};
use crate::stack::Seat;
use crate::standing::Record;
use crate::told::{Failure, StackFailure};

/// How many stacks are worked on at once; what there are of them per account and Region is far more.
const AT_ONCE: usize = 24;

/// What became of a stack that was as it was wanted.
const UNCHANGED: &str = "unchanged";

/// How a deployment is meant.
#[derive(Clone, Debug)]
pub struct Options {
    /// The ids of the stacks.
    pub chosen: BTreeSet<String>,
    /// Values of parameters by stack id and name.
    pub parameters: BTreeMap<(String, String), String>,
    /// What people have said may happen.
    pub guard: Guard,
    /// Where it is read what the control record says, before anything is changed and before each change.
    pub record: Record,
    /// Whether it is only told what would be done: change sets are made, shown and deleted.
    pub is_rehearsal: bool,
    /// Stacks, by id or name, whose failed remains are taken away first.
    pub recreate: BTreeSet<String>,
    /// Whether resources that exist under the names in the templates are taken into the stacks.
    pub imports_existing: bool,
    /// Whether CloudFormation does not wait for what it makes to be ready.
    pub is_express: bool,
    /// Whether what was changed outside CloudFormation is changed back. What that would be is reviewed first, as in a
    /// rehearsal, and carried out only when it is what was reviewed.
    pub reverts_drift: bool,
    /// What people have reviewed, as [`Deployed::review`] called it.
    pub reviewed: Option<String>,
    /// Whether somebody has said that container images are in their repositories.
    pub images_published: bool,
    /// The name of the bootstrap's stack.
    pub toolkit: String,
}

impl Options {
    /// Whether nothing is carried out.
    fn is_rehearsed(&self) -> bool {
        self.is_rehearsal || (self.reverts_drift && self.reviewed.is_none())
    }
}

/// What became of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// How many files were put into buckets.
    pub published: usize,
    /// What became of each stack, by id.
    pub stacks: Vec<Brought>,
    /// A name for what would be done, which follows from all of it; none when it was done.
    pub review: Option<String>,
}

/// What became of a stack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Brought {
    /// Its id in the assembly.
    pub stack: String,
    /// Its name in CloudFormation.
    pub name: String,
    /// Its Region.
    pub region: String,
    /// `created`, `updated` or `unchanged`; in a rehearsal `to create`, `to update` or `unchanged`.
    pub what: &'static str,
    /// Event sources that the change has left off in the Region that is active, by construct path.
    pub asleep: Vec<String>,
}

/// What all stacks of a deployment share.
struct Run {
    options: Options,
    planned: BTreeMap<String, Planned>,
}

/// The seats of stacks.
pub(crate) fn seats(
    site: &Site,
    speaker: &Speaker,
    stacks: &[&Stack],
) -> Result<Vec<Seat>, Failure> {
    let seats = stacks.iter().map(|&stack| {
        let place = speaker.place(&site.region(stack)?);
        Ok(Seat { site: site.clone(), stack: stack.clone(), place })
    });
    seats.collect()
}

/// Brings the chosen stacks of an assembly into AWS.
///
/// # Errors
/// What is wrong, refused or failed. Whatever was done until then is found again by the same call.
pub async fn deploy(
    site: &Site,
    assembly: &Assembly,
    options: Options,
) -> Result<Deployed, Failure> {
    let mut waiting = assembly.waiting(&options.chosen)?;
    let standing = options.record.read().await;
    if let Some(refusal) = options.guard.refuses_all(&standing) {
        return Err(Failure::Refused(vec![refusal]));
    }
    let stacks: Vec<&Stack> =
        assembly.stacks.iter().filter(|it| options.chosen.contains(&it.id)).collect();
    let speaker = site.verify(&stacks).await?;
    site.check_bootstrap(&speaker, &stacks, &options.toolkit).await?;
    let seats = seats(site, &speaker, &stacks)?;
    let looked = plan::look(seats, &options).await?;
    let is_changed: Vec<&Stack> =
        looked.iter().filter(|it| !it.is_same).map(|it| &it.seat.stack).collect();
    let images: BTreeSet<Image> = is_changed.iter().flat_map(|it| it.images.clone()).collect();
    let is_rehearsal = options.is_rehearsed();
    if !images.is_empty() && !options.images_published && !is_rehearsal {
        return Err(Failure::NotPublished { assets: images.into_iter().collect() });
    }
    let new = looked.iter().filter(|it| it.found.is_none()).map(|it| &it.seat.stack);
    quota::check(site, &new.collect::<Vec<_>>()).await?;
    let needed = if is_rehearsal { Needed::Templates } else { Needed::All };
    let published = publish(site, &speaker, &is_changed, needed).await?;
    let second = second::passes(site, assembly, &speaker, &looked, &options).await?;
    let planned = plan(looked, &options, &standing).await?;
    let review = rehearsal::review(&planned);
    if is_rehearsal {
        let stacks = rehearsal::told(planned, &second).await?;
        return Ok(Deployed { published, stacks, review: Some(review) });
    }
    if let Some(refusal) = rehearsal::refuses(&options, &review) {
        rehearsal::forget(&planned).await?;
        return Err(Failure::Refused(vec![refusal]));
    }
    for (id, open) in second {
        waiting.insert(Step::second(&id), open);
    }
    let stacks = carry_out(Arc::new(Run { options, planned }), waiting).await?;
    Ok(Deployed { published, stacks, review: None })
}

/// Begins whatever waits for nothing any more, until nothing is left or something has failed; what has begun by then is
/// waited for.
async fn carry_out(run: Arc<Run>, mut waiting: Waiting) -> Result<Vec<Brought>, Failure> {
    let mut ready: Vec<String> = Vec::new();
    let mut running = JoinSet::new();
    let (mut brought, mut failed, mut causes) = (BTreeMap::new(), Vec::new(), Vec::new());
    loop {
        let is_ending = !failed.is_empty() || !causes.is_empty();
        ready.extend(take_ready(&mut waiting));
        while !is_ending && running.len() < AT_ONCE {
            let Some(step) = ready.pop() else { break };
            let run = Arc::clone(&run);
            running.spawn(async move { (begin(&run, &step).await, step) });
        }
        let Some(done) = running.join_next().await else { break };
        // A task ends by itself only, or with all of them.
        let Ok((done, step)) = done else { break };
        match done {
            Ok(Ok(stack)) => {
                note_done(&mut waiting, &step);
                let earlier = brought.remove(&stack.stack);
                brought.insert(stack.stack.clone(), together(earlier, stack));
            }
            Ok(Err(failure)) => failed.push(failure),
            Err(failure) => causes.push(failure),
        }
    }
    if !failed.is_empty() {
        failed.sort_by(|one: &StackFailure, other| one.stack.cmp(&other.stack));
        causes.insert(0, Failure::Failed(failed));
    }
    let done = brought.values().filter(|it: &&Brought| it.what != UNCHANGED);
    let done = done.map(|it| format!("`{}` in {} {}", it.stack, it.region, it.what)).collect();
    match Failure::together(done, causes) {
        Some(failure) => Err(failure),
        None => Ok(brought.into_values().collect()),
    }
}

/// What both passes over a stack have made of it: what the second finds unchanged was changed by the first.
fn together(earlier: Option<Brought>, mut now: Brought) -> Brought {
    let Some(earlier) = earlier else { return now };
    now.asleep.extend(earlier.asleep);
    if earlier.what != UNCHANGED {
        now.what = earlier.what;
    }
    now
}

async fn begin(run: &Run, step: &str) -> Result<Result<Brought, StackFailure>, Failure> {
    let (id, is_second) = Step::of(step);
    let planned = &run.planned[id];
    if is_second {
        let wish = second::wish(&planned.seat.stack, peer::PRESENT);
        return bring_again(planned, wish, &run.options).await;
    }
    bring(planned, &run.options).await
}
