//! Log groups: encrypted with the Region's key and kept for as long as the topology says.

use cfn::logs::LogGroup;
use cfn::{Attributes, Handle, LogGroupName, Stack, Value, set};

use crate::foundation::Foundation;
use crate::site::Site;

/// A log group that outlives its stack: logs are the evidence of an incident.
pub(crate) fn log_group(
    stack: &mut Stack,
    site: Site<'_>,
    logical_id: &str,
    name: impl Into<Value<LogGroupName>>,
    foundation: &Foundation,
) -> Handle<LogGroup> {
    stack.add_with(
        logical_id,
        LogGroup {
            log_group_name: set(name),
            retention_in_days: set(i64::from(site.topology.monitoring.log_retention_days)),
            kms_key_id: set(foundation.signals_key.arn()),
            ..LogGroup::default()
        },
        Attributes::retained(),
    )
}
