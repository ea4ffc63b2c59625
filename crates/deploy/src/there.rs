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
/// is lost.
///
/// # Errors
/// When the account is another than the one that is wanted, or does not answer.
pub async fn templates_there(
    site: &Site,
    assembly: &Assembly,
) -> Result<BTreeMap<(String, String), Result<There, String>>, Failure> {
    let stacks: Vec<&Stack> = assembly.stacks.iter().collect();
    let speaker = site.verify(&stacks).await?;
    let mut asked = JoinSet::new();
    for seat in seats(site, &speaker, &stacks)? {
        let called = (seat.region().to_owned(), seat.stack.name.clone());
        asked.spawn(async move { (called, there(&seat).await) });
    }
    Ok(asked.join_all().await.into_iter().collect())
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
