//! What is said of stacks that CloudFormation or the CDK CLI would refuse.

use cfn::ec2::{Subnet, Vpc};
use cfn::ssm::Parameter;
use cfn::ssm::parameter::ParameterType;
use cfn::{Attributes, Handle, Stack, only_if, set, sub};
use expect_test::{Expect, expect};

use crate::stack;

#[track_caller]
fn check(stacks: &[Stack], expected: Expect) {
    let faults = cfn::assembly::render(stacks).unwrap_err();
    expected.assert_eq(&faults.to_string());
}

fn vpc(stack: &mut Stack) -> Handle<Vpc> {
    stack.add("Vpc", Vpc::default())
}

#[test]
fn id_used_twice() {
    let mut one = stack("One", "us-east-1");
    vpc(&mut one);
    vpc(&mut one);
    vpc(&mut one);
    check(&[one], expect!["stack `One`, `Vpc`: two resources have this logical id; rename one"]);
}

#[test]
fn id_of_other_characters() {
    let mut one = stack("One", "us-east-1");
    one.add("my-vpc", Vpc::default());
    one.add("", Vpc::default());
    check(
        &[one],
        expect![[r#"
            stack `One`, `my-vpc`: a logical id is 1 to 255 letters and digits; rename it
            stack `One`, ``: a logical id is 1 to 255 letters and digits; rename it"#]],
    );
}

#[test]
fn reference_to_what_the_assembly_lacks() {
    let mut elsewhere = stack("Elsewhere", "us-east-1");
    let foreign = vpc(&mut elsewhere);
    let mut one = stack("One", "us-east-1");
    one.add("Subnet", Subnet::new(foreign.reference()));
    check(
        &[one],
        expect![
            "stack `One`, `Subnet`: depends on stack `Elsewhere`, which is not in the assembly; add it or drop the dependency"
        ],
    );
}

#[test]
fn reference_to_a_stack_that_was_built_anew() {
    let mut first = stack("Network", "us-east-1");
    let gone = vpc(&mut first);
    let mut again = stack("Network", "us-east-1");
    again.add("Other", Vpc::default());
    let mut user = stack("User", "us-east-1");
    user.add("Subnet", Subnet::new(gone.reference()));
    check(
        &[again, user],
        expect!["stack `User`, `Subnet`: refers to `Vpc`, which stack `Network` does not have"],
    );
}

#[test]
fn reference_to_another_region() {
    let mut there = stack("There", "us-east-2");
    let vpc = vpc(&mut there);
    let mut here = stack("Here", "us-east-1");
    here.add("Subnet", Subnet::new(vpc.reference()));
    check(
        &[there, here],
        expect![
            "stack `Here`, `Subnet`: refers to `Vpc` of stack `There` in us-east-2; imports work only within an account and Region, so give the resource a name of your own and write that name here"
        ],
    );
}

#[test]
fn reference_to_another_account() {
    let mut there = stack("There", "us-east-1");
    there.environment.account = Some("111111111111".to_owned());
    let vpc = vpc(&mut there);
    let mut here = stack("Here", "us-east-1");
    here.environment.account = Some("222222222222".to_owned());
    here.output("Theirs", "What cannot be", vpc.reference());
    here.add("Own", Vpc::default());
    check(
        &[there, here],
        expect![
            "stack `Here`, `Theirs`: refers to `Vpc` of stack `There` in account 111111111111, us-east-1; imports work only within an account and Region, so give the resource a name of your own and write that name here"
        ],
    );
}

#[test]
fn dependency_on_a_resource_of_another_stack() {
    let mut other = stack("Other", "us-east-1");
    let vpc = vpc(&mut other);
    let mut one = stack("One", "us-east-1");
    one.add_with("Own", Vpc::default(), Attributes::after(&vpc));
    check(
        &[other, one],
        expect![
            "stack `One`, `Own`: `DependsOn` names `Vpc` of another stack; make the stack depend on that stack"
        ],
    );
}

#[test]
fn undeclared_names() {
    let mut one = stack("One", "us-east-1");
    let value = one.parameter::<String>("Missing");
    one.add("Parameter", Parameter::new(ParameterType::String, value));
    one.add("Text", Parameter::new(ParameterType::String, sub("${Vpc} in ${AWS::Reg}")));
    let conditional = Vpc { cidr_block: Some(only_if("Never", "10.0.0.0/16")), ..Vpc::default() };
    let attributes = Attributes { condition: Some("Nor".to_owned()), ..Attributes::default() };
    one.add_with("Vpc", conditional, attributes);
    check(
        &[one],
        expect![[r#"
            stack `One`, `Parameter`: parameter `Missing` is not declared in the template
            stack `One`, `Text`: `${Vpc}` is no pseudo parameter; allowed: AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackId, AWS::StackName, AWS::URLSuffix
            stack `One`, `Text`: `${AWS::Reg}` is no pseudo parameter; allowed: AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackId, AWS::StackName, AWS::URLSuffix
            stack `One`, `Vpc`: condition `Nor` is not declared in the template
            stack `One`, `Vpc`: condition `Never` is not declared in the template"#]],
    );
}

#[test]
fn same_id_and_same_name() {
    let mut one = stack("One", "us-east-1");
    vpc(&mut one);
    let mut named_alike = stack("Two", "us-east-1");
    named_alike.name.clone_from(&one.name);
    vpc(&mut named_alike);
    let mut elsewhere = stack("Three", "us-east-2");
    elsewhere.name.clone_from(&one.name);
    vpc(&mut elsewhere);
    check(
        &[one.clone(), one, named_alike, elsewhere],
        expect![[r#"
            stack `One`: two stacks have this id; give one of them another
            stack `Two`: two stacks of the Region have the name `name-one`; give one of them another"#]],
    );
}

#[test]
fn stacks_that_wait_for_one_another() {
    let mut first = stack("A", "us-east-1");
    vpc(&mut first);
    first.depends_on.insert("B".into());
    let mut second = stack("B", "us-east-2");
    vpc(&mut second);
    second.depends_on.insert("C".into());
    let mut third = stack("C", "us-east-2");
    vpc(&mut third);
    third.depends_on.insert("B".into());
    check(
        &[first, second, third],
        expect!["stack `B`: stacks wait for one another: B → C → B; break the circle"],
    );
}

#[test]
fn stack_without_resources() {
    check(
        &[stack("One", "us-east-1")],
        expect!["stack `One`: has no resources, and CloudFormation needs at least one"],
    );
}

#[test]
fn more_than_a_template_may_hold() {
    let mut one = stack("One", "us-east-1");
    for number in 0..600 {
        let parameter = Parameter {
            description: set("x".repeat(2000)),
            ..Parameter::new(ParameterType::String, "{{resolve:ssm:/name:1}}")
        };
        let parameter = one.add(&format!("Parameter{number}"), parameter);
        if number < 201 {
            one.output(&format!("Output{number}"), "One of many", parameter.reference());
        }
    }
    one.name = "n".repeat(129);
    one.description = "d".repeat(1025);
    check(
        &[one],
        expect![[r#"
            stack `One`: has 600 resources; AWS allows 500; move some to another stack
            stack `One`: has 201 outputs; AWS allows 200; move some to another stack
            stack `One`: has 600 dynamic references; AWS allows 60; move some to another stack
            stack `One`: has 1356162 bytes of template; AWS allows 1048576; move some to another stack
            stack `One`: has 129 characters in its name; AWS allows 128; shorten it
            stack `One`: has 1025 bytes of description; AWS allows 1024; shorten it"#]],
    );
}
