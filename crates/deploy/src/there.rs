//! The templates that are deployed, beside those of an assembly: for whoever must show what a system was made from.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use serde_json::Value as Json;
use tokio::task::JoinSet;

use crate::assembly::{Assembly, Stack};
use crate::deploying::seats;
use crate::site::Site;
use crate::stack::Seat;
use crate::told::Failure;

/// The template of a stack, as it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Its text, as it was sent.
    pub text: String,
    /// Whether it says the same as that of the assembly, however it is written.
    pub is_same: bool,
    /// When the stack was changed last, in milliseconds since 1970.
    pub changed_at_ms: Option<u64>,
}

/// Every stack by its Region and name with its template as it is deployed; or why there is none, such as when its Region
/// is lost, which says nothing of others.
///
/// # Errors
/// When nobody says in which Region a stack is to be.
pub async fn templates_there(
    site: &Site,
    assembly: &Assembly,
) -> Result<BTreeMap<(String, String), Result<There, String>>, Failure> {
    let mut regions: BTreeMap<String, Vec<Stack>> = BTreeMap::new();
    for stack in &assembly.stacks {
        regions.entry(site.region(stack)?).or_default().push(stack.clone());
    }
    let mut asked = JoinSet::new();
    for (region, stacks) in regions {
        let site = site.clone();
        asked.spawn(async move { in_region(&site, &region, &stacks).await });
    }
    Ok(asked.join_all().await.into_iter().flatten().collect())
}

async fn in_region(
    site: &Site,
    region: &str,
    stacks: &[Stack],
) -> Vec<((String, String), Result<There, String>)> {
    let stacks: Vec<&Stack> = stacks.iter().collect();
    let called = |stack: &Stack| (region.to_owned(), stack.name.clone());
    let verified = match site.verify(&stacks).await {
        Ok(speaker) => seats(site, &speaker, &stacks),
        Err(failure) => Err(failure),
    };
    let seats = match verified {
        Ok(seats) => seats,
        Err(failure) => {
            let why = failure.to_string();
            return stacks.into_iter().map(|stack| (called(stack), Err(why.clone()))).collect();
        }
    };
    let mut asked = JoinSet::new();
    for seat in seats {
        let called = called(&seat.stack);
        asked.spawn(async move { (called, there(&seat).await) });
    }
    asked.join_all().await
}

async fn there(seat: &Seat) -> Result<There, String> {
    let not_there = || "the stack is not there".to_owned();
    let (found, text) = tokio::join!(seat.look(), seat.template_text());
    let found = found.map_err(|trouble| trouble.said)?.ok_or_else(not_there)?;
    let text = text.map_err(|trouble| trouble.said)?.ok_or_else(not_there)?;
    let json = serde_json::from_str(&text).unwrap_or(Json::Null);
    let since_1970 = found.changed_at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Ok(There {
        is_same: json == seat.stack.template.json,
        text,
        changed_at_ms: since_1970.and_then(|span| u64::try_from(span.as_millis()).ok()),
    })
}
