//! Whether anything may reach the database.

use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// The security groups of a global database's members let somebody in.
    ///
    /// ## What is checked
    ///
    /// Of every `AWS::RDS::DBCluster` that joins a global database, or that one is made from, whose security groups all
    /// stand in these templates: at least one has an ingress rule, its own `SecurityGroupIngress` or an
    /// `AWS::EC2::SecurityGroupIngress` for it.
    ///
    /// ## Why it hurts
    ///
    /// A security group without ingress admits nobody. In the standby nobody notices before the takeover, because nobody
    /// writes there: the database is promoted and the functions time out.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// DatabaseFromFunctions:
    ///   Type: AWS::EC2::SecurityGroupIngress
    ///   Properties:
    ///     GroupId: !GetAtt DatabaseGroup.GroupId
    ///     SourceSecurityGroupId: !GetAtt FunctionGroup.GroupId
    ///     IpProtocol: tcp
    ///     FromPort: 5432
    ///     ToPort: 5432
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon VPC User Guide, "Control traffic to your AWS resources using security groups".
    "vpc-database-ingress": Blocker, NoTakeover, Documented, Pair;
    why: "the promoted database admits nobody, and every function times out";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let joins = |cluster: &Resource<'_>| {
        cluster.at("GlobalClusterIdentifier").exists() == Answer::Known(true)
    };
    let sources = design.of("AWS::RDS::GlobalCluster").filter_map(|global| {
        let source = global.at("SourceDBClusterIdentifier").reference().known()?;
        design.resource(source)
    });
    for cluster in design.of("AWS::RDS::DBCluster").filter(joins).chain(sources) {
        let groups = judge.items(&cluster.at("VpcSecurityGroupIds"));
        let known: Option<Vec<Resource<'_>>> =
            groups.iter().map(|group| named(design, group)).collect();
        let Some(groups) = known.filter(|groups| !groups.is_empty()) else { continue };
        let may_hide = design.may_hide("AWS::EC2::SecurityGroupIngress", cluster.region());
        judge.subject();
        if !may_hide && groups.iter().all(|group| admits_nobody(design, *group)) {
            let names: Vec<&str> = groups.iter().map(|group| group.id()).collect();
            judge.finding(
                &cluster.at("VpcSecurityGroupIds"),
                format!("no security group of the cluster has an ingress rule: `{}`", names.join("`, `")),
                "add an `AWS::EC2::SecurityGroupIngress` for port 5432 from the security group of the functions",
            );
        }
    }
}

/// The security group of these templates that an item means.
fn named<'d>(design: &'d Design, item: &Place<'d>) -> Option<Resource<'d>> {
    let group = design.resource(item.reference().known()?)?;
    (group.kind() == "AWS::EC2::SecurityGroup").then_some(group)
}

fn admits_nobody(design: &Design, group: Resource<'_>) -> bool {
    let own = group.at("SecurityGroupIngress").items().known();
    let mut rules = design.of("AWS::EC2::SecurityGroupIngress");
    let is_for_it = |rule: Resource<'_>| match rule.at("GroupId").reference().known() {
        Some(reference) => design.resource(reference).is_some_and(|found| found.is(group)),
        // A rule for a group that is not known may be for this one.
        None => rule.at("GroupId").exists() == Answer::Known(true),
    };
    group.at("SecurityGroupIngress").exists() == Answer::Known(false)
        && own.is_none_or(|own| own.is_empty())
        && !rules.any(is_for_it)
}
