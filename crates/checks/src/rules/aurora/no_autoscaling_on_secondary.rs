//! Auto Scaling of readers, which a secondary cluster does not have.

use topology::Home;

use super::members::{Members, Named};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Nothing scales the readers of a secondary cluster automatically: it is sized by hand.
    ///
    /// ## What is checked
    ///
    /// No `AWS::ApplicationAutoScaling::ScalableTarget` of the namespace `rds` means the member in the home standby.
    ///
    /// ## Why it hurts
    ///
    /// Aurora does not scale secondary clusters. The standby stays as small as it was made, and nobody notices
    /// until the load of both Regions is its own.
    ///
    /// ## What to change
    ///
    /// Remove the target, and declare as many instances in the standby as it needs alone.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using Amazon Aurora Global Database", limitations.
    "aurora-no-autoscaling-on-secondary": Warning, SlowTakeover, Documented, Pair;
    why: "the standby is as small as it was made when it takes the whole load";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let members = Members::of(design);
    let clusters = Named::of(design, "AWS::RDS::DBCluster");
    // The rule is kept by every secondary that nothing scales.
    members.of_home(Home::Standby).for_each(|_| judge.subject());
    for target in design.of("AWS::ApplicationAutoScaling::ScalableTarget") {
        let space = target.at("ServiceNamespace").text().known();
        let scaled = cluster(design, target, &clusters).and_then(|found| members.find(found));
        let Some(member) = scaled.filter(|_| space.as_deref() == Some("rds")) else { continue };
        if members.home(member) == Some(Home::Standby) {
            judge.finding_with(
                &target.whole(),
                &[member.cluster.whole()],
                format!(
                    "`{}` is to scale the readers of the secondary cluster, which Aurora does not do",
                    target.id()
                ),
                format!(
                    "remove `{}` and its policies, and declare the instances that {} needs alone",
                    target.id(),
                    member.cluster.region()
                ),
            );
        }
    }
}

/// The cluster that a target means by `cluster:NAME`.
fn cluster<'d>(
    design: &'d Design,
    target: Resource<'d>,
    clusters: &Named<'d>,
) -> Option<Resource<'d>> {
    let value = target.at("ResourceId").value().known()?;
    if let Answer::Known(id) = design.text(value) {
        return clusters.named(target.region(), id.strip_prefix("cluster:")?);
    }
    let mut meant = value.references().into_iter().filter_map(|one| design.resource(one));
    meant.find(|found| found.kind() == "AWS::RDS::DBCluster")
}
