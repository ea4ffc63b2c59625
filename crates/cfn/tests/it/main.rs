//! Stacks in, text out: what templates look like, and what is said of stacks that cannot be deployed.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod faults;
mod files;
mod rendering;

use cfn::{Environment, Stack};

/// An empty stack of a Region.
pub(crate) fn stack(id: &str, region: &str) -> Stack {
    let environment = Environment { account: None, region: region.to_owned() };
    Stack::new(id, &format!("name-{}", id.to_lowercase()), environment, "A stack")
}
