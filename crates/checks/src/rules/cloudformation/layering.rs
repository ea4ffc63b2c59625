//! Stacks that wait for each other in a circle.

use super::taken;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// Stacks of both Regions can be deployed in an order: none waits for itself by way of others.
    ///
    /// ## What is checked
    ///
    /// The graph of stacks has no circle. A stack waits for those that the assembly says, whose exports it imports,
    /// whose outputs it takes by `Fn::GetStackOutput`, and whose values the CDK's readers bring. Names that are
    /// written in both templates make no edge.
    ///
    /// ## Why it hurts
    ///
    /// The first deployment cannot begin anywhere. A circle that came in later stays unseen until a Region has to
    /// be built anew, which is after it was lost.
    ///
    /// ## What to change
    ///
    /// Put what both sides need into a layer of its own (global, network, data, compute, monitoring), deploy the
    /// standby first where it is a destination, and replace one reference of the circle by a name.
    ///
    /// ## Source
    ///
    /// AWS CloudFormation User Guide, on cross-stack references; AWS::DynamoDB::GlobalTable in the AWS
    /// CloudFormation Template Reference, on the Region that owns a global table.
    "cfn-layering": Error, NotDeployable, Derived, Pair;
    why: "a lost Region cannot be built anew, because no stack of the circle can be created first";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let stacks = design.stacks();
    let waits = taken::waits(design);
    waits.iter().filter(|of| !of.is_empty()).for_each(|_| judge.subject());
    for circle in circles(&waits) {
        let name = |index: &usize| {
            let stack = &stacks[*index];
            format!("`{}` of {}", stack.name, stack.region.as_deref().unwrap_or("no known Region"))
        };
        let related: Vec<_> = circle[1..].iter().map(|index| stacks[*index].whole()).collect();
        let mut way: Vec<String> = circle.iter().map(name).collect();
        way.push("the first again".to_owned());
        let last = &stacks[*circle.last().expect("a circle has stacks")].name;
        let first = &stacks[circle[0]];
        judge.finding_with(
            &first.whole(),
            &related,
            format!("each of these waits for the next: {}", way.join(", ")),
            format!(
                "let `{last}` name what it needs of `{}` literally, or move that into a stack that both wait for",
                first.name
            ),
        );
    }
}

/// Circles of the graph that have no stack in common, each from its first stack on.
fn circles(waits: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut left = prune(waits, vec![true; waits.len()]);
    let mut found = Vec::new();
    while let Some(start) = left.iter().position(|is_left| *is_left) {
        let circle = circle(waits, &left, start);
        circle.iter().for_each(|stack| left[*stack] = false);
        left = prune(waits, left);
        found.push(circle);
    }
    found
}

/// The circle that the way from a stack ends in.
fn circle(waits: &[Vec<usize>], left: &[bool], start: usize) -> Vec<usize> {
    let mut way = vec![start];
    loop {
        let at = way[way.len() - 1];
        let next = waits[at].iter().copied().find(|next| left[*next]);
        let next = next.expect("what is left waits for another that is left");
        if let Some(begin) = way.iter().position(|seen| *seen == next) {
            let mut circle = way.split_off(begin);
            let first =
                circle.iter().min().and_then(|least| circle.iter().position(|one| one == least));
            circle.rotate_left(first.unwrap_or_default());
            return circle;
        }
        way.push(next);
    }
}

/// Takes away every stack that waits for none that is left, again and again.
fn prune(waits: &[Vec<usize>], mut left: Vec<bool>) -> Vec<bool> {
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); waits.len()];
    let mut count = vec![0_usize; waits.len()];
    for (index, of) in waits.iter().enumerate().filter(|(index, _)| left[*index]) {
        for other in of.iter().filter(|other| left[**other]) {
            waiting[*other].push(index);
            count[index] += 1;
        }
    }
    let mut free: Vec<usize> = (0..waits.len()).filter(|at| left[*at] && count[*at] == 0).collect();
    while let Some(index) = free.pop() {
        left[index] = false;
        for other in &waiting[index] {
            count[*other] -= 1;
            if count[*other] == 0 && left[*other] {
                free.push(*other);
            }
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[track_caller]
    fn check(waits: &[&[usize]], expected: &[&[usize]]) {
        let waits: Vec<Vec<usize>> = waits.iter().map(|of| of.to_vec()).collect();
        assert_eq!(circles(&waits), expected);
    }

    #[test]
    fn orders_have_no_circle() {
        check(&[], &[]);
        check(&[&[1, 2], &[2], &[]], &[]);
    }

    #[test]
    fn every_knot_is_told_once_without_its_tails() {
        check(&[&[1], &[2], &[1, 3], &[]], &[&[1, 2]]);
        check(&[&[1], &[2], &[0]], &[&[0, 1, 2]]);
        // The first way leads from 0 into the circle of 2 and 3; that of 0 and 1 is told too.
        check(&[&[2, 1], &[0], &[3], &[2]], &[&[2, 3], &[0, 1]]);
    }
}
