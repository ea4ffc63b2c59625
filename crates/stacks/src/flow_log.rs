//! Flow logs of a VPC: who talked to whom, kept in the Region's log store.

use cfn::ec2::flow_log::{FlowLogLogDestinationType, FlowLogResourceType};
use cfn::ec2::{FlowLog, Vpc};
use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::{Handle, Stack, set};

use crate::foundation::Foundation;
use crate::logs::log_group;
use crate::policy::{self, allow};
use crate::site::Site;

pub(crate) fn flow_log(
    stack: &mut Stack,
    site: Site<'_>,
    vpc: &Handle<Vpc>,
    foundation: &Foundation,
) {
    let name = format!("/{}/flow", site.prefix());
    let group = log_group(stack, site, "FlowLogGroup", name, foundation);
    let write = allow(
        ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        [group.arn().into()],
    );
    let find = allow(["logs:DescribeLogGroups"], ["*".into()]);
    let role = Role {
        policies: set([Policy::new(policy::document([write, find]), "flow-log")]),
        ..Role::new(policy::trust_for_own_account("vpc-flow-logs.amazonaws.com"))
    };
    let role = stack.add("FlowLogRole", role);
    let log = FlowLog {
        deliver_logs_permission_arn: set(role.arn()),
        log_destination_type: set(FlowLogLogDestinationType::CloudWatchLogs),
        log_group_name: set(group.reference()),
        max_aggregation_interval: set(60),
        traffic_type: set(cfn::ec2::flow_log::FlowLogTrafficType::All),
        ..FlowLog::new(vpc.reference(), FlowLogResourceType::Vpc)
    };
    stack.add("FlowLog", log);
}
