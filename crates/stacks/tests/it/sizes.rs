//! Many functions: they spread over the groups that the file names, and a group that is too large is told.

use expect_test::{Expect, expect};
use stacks::Packages;

use crate::topology;

/// A file with functions in these groups.
fn with_functions(groups: &[(&str, usize)]) -> String {
    let mut text = "[[functions]]\nname = \"front\"\nroutes = [\"GET /health\"]\n".to_owned();
    for (group, count) in groups {
        for number in 0..*count {
            let name = format!("{}-{number}", group.to_lowercase());
            text += &format!("[[functions]]\nname = \"{name}\"\ngroup = \"{group}\"\n");
        }
    }
    text
}

#[track_caller]
fn check(groups: &[(&str, usize)], expected: Expect) {
    let stacks = stacks::stacks(&topology(&with_functions(groups)), &Packages::new());
    let text = match cfn::assembly::render(&stacks) {
        Ok(_) => {
            let counts = stacks
                .iter()
                .filter(|stack| stack.id.starts_with("PrimaryL") || stack.id.contains("Group"));
            let counts = counts.map(|stack| format!("{} {}", stack.id, stack.resource_count()));
            counts.collect::<Vec<_>>().join("\n")
        }
        Err(faults) => faults.to_string(),
    };
    expected.assert_eq(&text);
}

#[test]
fn groups_become_stacks() {
    check(
        &[("GroupA", 60), ("GroupB", 10)],
        expect![[r#"
        PrimaryGroupAdev 422
        PrimaryGroupBdev 72
        PrimaryLambdadev 9
        SecondaryGroupAdev 422
        SecondaryGroupBdev 72"#]],
    );
}

#[test]
fn group_that_is_too_large() {
    check(
        &[("GroupA", 85)],
        expect![[r#"
        stack `PrimaryGroupAdev`: has 597 resources; AWS allows 500; move some to another stack
        stack `SecondaryGroupAdev`: has 597 resources; AWS allows 500; move some to another stack"#]],
    );
}

/// A file with so many functions that have a bound, each of which is named in the role that carries out runs.
fn bounded(count: usize) -> String {
    let mut text = "[[functions]]\nname = \"front\"\nroutes = [\"GET /health\"]\n".to_owned();
    for number in 0..count {
        let group = number / 40;
        text += &format!(
            "[[functions]]\nname = \"bounded-{number}\"\ngroup = \"Group{group}\"\nreserved_concurrency = 2\n"
        );
    }
    text
}

#[test]
fn bounds_that_one_role_cannot_name() {
    let render = |count| {
        let stacks = stacks::stacks(&topology(&bounded(count)), &Packages::new());
        cfn::assembly::render(&stacks).map(drop).map_err(|faults| faults.to_string())
    };
    assert_eq!(render(20), Ok(()));
    expect![[r#"
        stack `PrimaryRunbookdev`, `RunbookRole`: has 16592 characters of policies, about, in one role; AWS allows 10240; let it do less, or on fewer resources
        stack `SecondaryRunbookdev`, `RunbookRole`: has 16592 characters of policies, about, in one role; AWS allows 10240; let it do less, or on fewer resources"#]].assert_eq(&render(75).expect_err("it is too much"));
}
