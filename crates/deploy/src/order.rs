//! Which stacks, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use crate::assembly::{Assembly, AssemblyFault};

/// Steps that wait for each other, by name.
pub(crate) type Waiting = BTreeMap<String, BTreeSet<String>>;

impl Assembly {
    /// The stacks that patterns such as `*Secondary*` mean, by their ids or names, with those that they wait for unless
    /// `exclusively`; all of them without a pattern. In no pattern does a star mean nothing.
    ///
    /// # Errors
    /// The patterns that mean no stack.
    pub fn select(
        &self,
        patterns: &[String],
        exclusively: bool,
    ) -> Result<BTreeSet<String>, Vec<String>> {
        let fits = |pattern: &str| {
            let fitting = self
                .stacks
                .iter()
                .filter(move |stack| matches(pattern, &stack.id) || matches(pattern, &stack.name));
            fitting.map(|stack| stack.id.clone()).collect::<BTreeSet<_>>()
        };
        if patterns.is_empty() {
            return Ok(fits("*"));
        }
        let missed: Vec<String> =
            patterns.iter().filter(|pattern| fits(pattern).is_empty()).cloned().collect();
        if !missed.is_empty() {
            return Err(missed);
        }
        let mut chosen: BTreeSet<String> =
            patterns.iter().flat_map(|pattern| fits(pattern)).collect();
        if !exclusively {
            while let Some(more) = self.next_dependency(&chosen) {
                chosen.insert(more);
            }
        }
        Ok(chosen)
    }

    fn next_dependency(&self, chosen: &BTreeSet<String>) -> Option<String> {
        let stacks = self.stacks.iter().filter(|stack| chosen.contains(&stack.id));
        stacks.flat_map(|stack| &stack.dependencies).find(|id| !chosen.contains(*id)).cloned()
    }

    /// The stacks among these with those that wait for them, directly or not.
    #[must_use]
    pub fn with_dependents(&self, mut chosen: BTreeSet<String>) -> BTreeSet<String> {
        loop {
            let more = self.stacks.iter().find(|stack| {
                !chosen.contains(&stack.id) && !stack.dependencies.is_disjoint(&chosen)
            });
            let Some(more) = more else { return chosen };
            chosen.insert(more.id.clone());
        }
    }

    /// What each of these stacks waits for among them.
    ///
    /// # Errors
    /// When some wait for each other.
    pub(crate) fn waiting(&self, chosen: &BTreeSet<String>) -> Result<Waiting, AssemblyFault> {
        let stacks = self.stacks.iter().filter(|stack| chosen.contains(&stack.id));
        let waiting: Waiting = stacks
            .map(|stack| {
                (stack.id.clone(), stack.dependencies.intersection(chosen).cloned().collect())
            })
            .collect();
        let in_circle = circle(waiting.clone());
        if in_circle.is_empty() {
            return Ok(waiting);
        }
        let what = format!("these stacks wait for each other: {}", in_circle.join(", "));
        Err(AssemblyFault { file: "manifest.json".into(), what })
    }
}

/// The same steps, taken back: each waits for those that waited for it.
pub(crate) fn reversed(waiting: &Waiting) -> Waiting {
    let mut back: Waiting = waiting.keys().map(|id| (id.clone(), BTreeSet::new())).collect();
    for (id, open) in waiting {
        for first in open {
            back.entry(first.clone()).or_default().insert(id.clone());
        }
    }
    back
}

/// Takes those out that wait for nothing.
pub(crate) fn take_ready(waiting: &mut Waiting) -> Vec<String> {
    let ready: Vec<String> =
        waiting.iter().filter(|(_, open)| open.is_empty()).map(|(id, _)| id.clone()).collect();
    waiting.retain(|_, open| !open.is_empty());
    ready
}

/// Notes that one is done.
pub(crate) fn note_done(waiting: &mut Waiting, id: &str) {
    waiting.values_mut().for_each(|open| {
        open.remove(id);
    });
}

/// What is left when everything that can be done is done.
fn circle(mut waiting: Waiting) -> Vec<String> {
    loop {
        let ready = take_ready(&mut waiting);
        if ready.is_empty() {
            return waiting.into_keys().collect();
        }
        ready.iter().for_each(|id| note_done(&mut waiting, id));
    }
}

/// Whether a text fits a pattern, in which `*` means any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| matches(after, &rest[at..]))
        }),
    }
}

#[cfg(test)]
pub(crate) mod tests;
