//! The Region of the stack that owns a global table.

use topology::Home;

use super::replicas;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// The stack that owns a global table of the pair is in the home standby's Region.
    ///
    /// ## What is checked
    ///
    /// No `AWS::DynamoDB::GlobalTable` with replicas in both Regions is in a stack of the home primary's Region.
    ///
    /// ## Why it hurts
    ///
    /// A global table is changed by the stack that declares it, and a stack is changed by its own Region. In a long
    /// loss of the home primary nothing about the table can be changed: no index, no capacity, no replica elsewhere.
    ///
    /// ## What to change
    ///
    /// Declare the table in a stack of the standby's Region. One that exists moves without loss: set
    /// `DeletionPolicy: Retain`, remove it from its stack, import it into the other one.
    ///
    /// ## Source
    ///
    /// AWS CloudFormation Template Reference, "AWS::DynamoDB::GlobalTable"; where to put it is our conclusion.
    "ddb-owner-stack-in-standby": Warning, NoWayHome, Derived, Pair;
    why: "nothing about the table can be changed for as long as the Region of its stack is down";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for table in replicas::in_pair(design) {
        judge.subject();
        if let Some(why) = table.resource.declared.optional.clone() {
            judge.cannot_judge(&table.resource.whole(), why);
            continue;
        }
        if let (Some(Home::Primary), Some(standby)) =
            (design.home(table.resource), design.region(Home::Standby))
        {
            let (name, region) = (table.named(design), table.resource.region());
            judge.finding(
                &table.resource.whole(),
                format!("`{name}` is owned by a stack in {region}, the Region whose loss it is there for"),
                format!(
                    "declare it in a stack in {standby}: `DeletionPolicy: Retain`, remove it here, import it there"
                ),
            );
        }
    }
}
