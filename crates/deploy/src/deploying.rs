//! The deployment of an assembly: everything that is there is looked at and guarded before the first of it is changed;
//! then stacks go as soon as what they wait for is done, in all Regions at once.

mod bring;
mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::JoinSet;

use self::bring::{bring, bring_again};
use self::plan::{Planned, Step, plan};
use crate::assembly::{Assembly, Image, Stack};
use crate::assets::publish;
use crate::guard::{Guard, Standing};
use crate::order::{Waiting, note_done, take_ready};
use crate::peer;
use crate::site::{Site, Speaker};
use crate::stack::Seat;
use crate::told::{Failure, StackFailure};

/// How many stacks are worked on at once; what there are of them per account and Region is far more.
const AT_ONCE: usize = 24;

/// How a deployment is meant.
#[derive(Clone, Debug)]
pub struct Options {
    /// The ids of the stacks.
    pub chosen: BTreeSet<String>,
    /// Values of parameters by stack id and name.
    pub parameters: BTreeMap<(String, String), String>,
    /// What people have said may happen.
    pub guard: Guard,
    /// What the control record says.
    pub standing: Standing,
    /// Stacks, by id or name, whose failed remains are taken away first.
    pub recreate: BTreeSet<String>,
    /// Whether resources that exist under the names in the templates are taken into the stacks.
    pub imports_existing: bool,
    /// Whether CloudFormation does not wait for what it makes to be ready.
    pub is_express: bool,
    /// Whether what was changed outside CloudFormation is changed back.
    pub reverts_drift: bool,
    /// Whether somebody has said that container images are in their repositories.
    pub images_published: bool,
    /// The name of the bootstrap's stack.
    pub toolkit: String,
}

/// What became of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// How many files were put into buckets.
    pub published: usize,
    /// What became of each stack, by id.
    pub stacks: Vec<Brought>,
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
    /// `created`, `updated` or `unchanged`.
    pub what: &'static str,
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
    if let Some(refusal) = options.guard.refuses_all(&options.standing) {
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
    if !images.is_empty() && !options.images_published {
        return Err(Failure::NotPublished { assets: images.into_iter().collect() });
    }
    let published = publish(site, &speaker, &is_changed).await?;
    let (planned, second) = {
        let second = plan::second_passes(site, assembly, &speaker, &looked, &options).await?;
        (plan(looked, &options).await?, second)
    };
    for (id, open) in second {
        waiting.insert(Step::second(&id), open);
    }
    let stacks = carry_out(Arc::new(Run { options, planned }), waiting).await?;
    Ok(Deployed { published, stacks })
}

/// Begins whatever waits for nothing any more, until nothing is left or something has failed; what has begun by then is
/// waited for.
async fn carry_out(run: Arc<Run>, mut waiting: Waiting) -> Result<Vec<Brought>, Failure> {
    let mut ready: Vec<String> = Vec::new();
    let mut running = JoinSet::new();
    let (mut brought, mut failed, mut trouble) = (BTreeMap::new(), Vec::new(), None);
    loop {
        let is_ending = !failed.is_empty() || trouble.is_some();
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
                // What a second pass finds unchanged was changed by the first.
                let earlier = brought.get(&stack.stack).cloned();
                brought.insert(stack.stack.clone(), first_said(earlier, stack));
            }
            Ok(Err(failure)) => failed.push(failure),
            Err(failure) => trouble = trouble.or(Some(failure)),
        }
    }
    match trouble {
        _ if !failed.is_empty() => Err(Failure::Failed(failed)),
        Some(trouble) => Err(trouble),
        None => Ok(brought.into_values().collect()),
    }
}

fn first_said(earlier: Option<Brought>, now: Brought) -> Brought {
    match earlier {
        Some(earlier) if earlier.what != "unchanged" => earlier,
        _ => now,
    }
}

async fn begin(run: &Run, step: &str) -> Result<Result<Brought, StackFailure>, Failure> {
    let (id, is_second) = Step::of(step);
    let planned = &run.planned[id];
    if is_second {
        let wish = plan::second_wish(&planned.seat.stack, peer::PRESENT);
        return bring_again(planned, wish, &run.options).await;
    }
    bring(planned, &run.options).await
}
