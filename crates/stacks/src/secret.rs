//! A secret that is the same in both Regions: one of the home primary, replicated to the standby and encrypted in
//! each with that Region's own key (rule `secret-one-replicated`).

use cfn::kms::Key;
use cfn::secrets_manager::Secret;
use cfn::secrets_manager::secret::ReplicaRegion;
use cfn::{Handle, Stack, set};

use crate::site::{KeyUse, Site};

/// A secret without a value, whose stack waits for the other Region's key.
pub(crate) fn replicated(
    stack: &mut Stack,
    site: Site<'_>,
    name: String,
    description: &str,
    (key_use, key): (KeyUse, &Handle<Key>),
) -> Secret {
    let other = site.other();
    stack.depends_on.insert(other.stack_id("Foundation").into());
    let replica = ReplicaRegion {
        kms_key_id: set(other.key_alias(key_use)),
        ..ReplicaRegion::new(other.region().name())
    };
    Secret {
        name: set(name),
        description: set(description),
        kms_key_id: set(key.arn()),
        replica_regions: set([replica]),
        ..Secret::default()
    }
}
