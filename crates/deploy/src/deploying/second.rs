//! The second pass: stacks whose buckets replicate to each other are told that the other is there.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Looked;
use super::{Options, seats};
use crate::assembly::{Assembly, Stack};
use crate::peer::{self, PEER, PRESENT};
use crate::site::{Site, Speaker};
use crate::stack::{Seat, Wish};
use crate::status::{Course, course};
use crate::told::Failure;

/// What the second pass over a stack changes.
pub(super) fn wish(stack: &Stack, value: &str) -> Wish {
    let parameters = stack.template.parameters().map(|name| {
        let value = (name == PEER).then(|| value.to_owned());
        (name.to_owned(), value)
    });
    Wish { parameters: parameters.collect(), ..Wish::default() }
}

/// The stacks that need a second pass, each with the steps that it waits for. There is none while a peer is neither there
/// nor chosen.
pub(super) async fn passes(
    site: &Site,
    assembly: &Assembly,
    speaker: &Speaker,
    looked: &[Looked],
    options: &Options,
) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let peers = peer::peers(assembly);
    let is_waiting = |one: &&Looked| {
        let stack = &one.seat.stack;
        let given = options
            .parameters
            .keys()
            .any(|(id, name)| (*id == stack.id || *id == stack.name) && name == PEER);
        peer::is_peer(stack) && !given && value(one) != Some(PRESENT)
    };
    let waiting: Vec<&Looked> = looked.iter().filter(is_waiting).collect();
    let elsewhere: Vec<&Stack> = assembly
        .stacks
        .iter()
        .filter(|it| peers.contains(&it.id) && !options.chosen.contains(&it.id))
        .collect();
    if waiting.is_empty()
        || peers.len() < 2
        || !are_there(seats(site, speaker, &elsewhere)?).await?
    {
        return Ok(BTreeMap::new());
    }
    let open: BTreeSet<String> = peers.intersection(&options.chosen).cloned().collect();
    Ok(waiting.into_iter().map(|one| (one.seat.stack.id.clone(), open.clone())).collect())
}

/// The value that the parameter has after the first pass.
fn value(looked: &Looked) -> Option<&str> {
    let there =
        looked.found.as_ref().and_then(|found| found.parameters.get(PEER)).map(String::as_str);
    there.or_else(|| peer::default(&looked.seat.stack))
}

async fn are_there(seats: Vec<Seat>) -> Result<bool, Failure> {
    for seat in seats {
        let found = seat.look().await?;
        if course(found.as_ref().map(|found| found.status.as_str())) != Course::Update {
            return Ok(false);
        }
    }
    Ok(true)
}
