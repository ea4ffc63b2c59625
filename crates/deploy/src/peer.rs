//! The second pass over stacks whose buckets replicate to each other (rule `s3-two-phase-create`): each bucket's rule
//! needs the other bucket, so that one of them waits behind the parameter `ReplicationPeer` until all are there.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::assembly::{Assembly, Stack};

/// The parameter that says whether the other bucket is there.
pub(crate) const PEER: &str = "ReplicationPeer";

/// Its value when it is.
pub(crate) const PRESENT: &str = "present";

/// The ids of stacks whose peers wait for them.
pub(crate) fn peers(assembly: &Assembly) -> BTreeSet<String> {
    assembly.stacks.iter().filter(|stack| is_peer(stack)).map(|stack| stack.id.clone()).collect()
}

/// Whether a stack has the parameter, and may say that the peer is there.
pub(crate) fn is_peer(stack: &Stack) -> bool {
    let allowed = stack.template.parameter(PEER).and_then(|it| it["AllowedValues"].as_array());
    allowed.is_some_and(|allowed| allowed.iter().any(|value| value == PRESENT))
}

/// The value that the parameter has by itself.
pub(crate) fn default(stack: &Stack) -> Option<&str> {
    let told = stack.parameters.get(PEER).map(String::as_str);
    told.or_else(|| {
        stack.template.parameter(PEER).and_then(|it| it.get("Default")).and_then(Json::as_str)
    })
}
