//! What intrinsics are worked out to: what is known, and what only a deployment could say.

use std::fmt::Write as _;

use checks::{Answer, Design, Parent, Settings, Source};

/// The value of an expression in a template of us-east-1, whose account and stack's name are not known.
#[test]
fn expressions_are_worked_out_as_far_as_they_are_known() {
    let arn = "arn:aws:sns:us-east-1:${AWS::AccountId}:true:foo";
    let rows = [
        ("!Sub 'a-${AWS::Region}'", "a-us-east-1"),
        ("!Sub '${AWS::Partition} ${AWS::URLSuffix}'", "aws amazonaws.com"),
        // Splitting goes around what stands for an account or a zone.
        (&format!("!Select [5, !Split [':', !Sub '{arn}']]"), "true"),
        (&format!("!Select [4, !Split [':', !Sub '{arn}']]"), "${AWS::AccountId}"),
        ("!Select [1, !Split ['1', !Sub '${AWS::AccountId}1a']]", "?"),
        (
            "!Select [0, !Split ['.', !Join ['.', [!Select [1, !GetAZs ''], a]]]]",
            "${AWS::AvailabilityZone.1}",
        ),
        // A key that is not known has no default as a fact.
        ("!FindInMap [Map, us-east-1, Class]", "small"),
        ("!FindInMap [Map, us-west-2, Class]", "?"),
        (
            "{Fn::FindInMap: [Map, us-west-2, Class, {DefaultValue: !Sub 'a-${AWS::Region}'}]}",
            "a-us-east-1",
        ),
        ("{Fn::FindInMap: [Map, !Ref AWS::AccountId, Class, {DefaultValue: large}]}", "?"),
        ("{Fn::FindInMap: [Map, !Ref Open, Class, {DefaultValue: large}]}", "?"),
        // The stack's name is not known, and the same wherever this stack says it.
        ("!Ref AWS::StackName", "${AWS::StackName}"),
        ("!Sub '${AWS::StackName}-a'", "${AWS::StackName}-a"),
        ("!If [NamedSo, a, b]", "?"),
        ("!If [OwnAccount, a, b]", "?"),
        ("!If [Own, a, b]", "a"),
        // Secrets are never shown.
        ("!Ref Secret", "?"),
        ("!Sub 'user:${Secret}'", "user:${?}"),
        ("!If [SecretSet, a, b]", "?"),
        ("!Select [1, !Ref List]", "b"),
        ("!Ref Size", "3"),
        ("!GetAtt Nested.Outputs.Arn", "?"),
        ("!Sub '${Nested.Outputs.Arn}/a'", "${?}/a"),
        ("!Sub ['${a}${a}', {a: x}]", "xx"),
        ("!Sub '${!a}'", "${a}"),
    ];
    let rows: Vec<(&str, &str)> = rows.iter().map(|(left, right)| (&**left, *right)).collect();
    for (expression, expected) in rows {
        assert_eq!(value(Some("us-east-1"), expression), expected, "{expression}");
    }
}

#[test]
fn partitions_follow_from_the_region() {
    let rows = [
        (None, "?", "?"),
        (Some("eu-west-1"), "aws", "amazonaws.com"),
        (Some("cn-north-1"), "aws-cn", "amazonaws.com.cn"),
        (Some("us-gov-west-1"), "aws-us-gov", "amazonaws.com"),
        (Some("us-iso-east-1"), "aws-iso", "c2s.ic.gov"),
        (Some("us-isob-east-1"), "aws-iso-b", "sc2s.sgov.gov"),
        (Some("eu-isoe-west-1"), "aws-iso-e", "cloud.adc-e.uk"),
        (Some("us-isof-south-1"), "aws-iso-f", "csp.hci.ic.gov"),
        (Some("eusc-de-east-1"), "aws-eusc", "amazonaws.eu"),
    ];
    for (region, partition, suffix) in rows {
        assert_eq!(value(region, "!Ref AWS::Partition"), partition, "{region:?}");
        assert_eq!(value(region, "!Ref AWS::URLSuffix"), suffix, "{region:?}");
    }
    assert_eq!(value(None, "!If [China, a, b]"), "?");
    assert_eq!(value(Some("us-gov-west-1"), "!If [China, a, b]"), "b");
    assert_eq!(value(Some("us-gov-west-1"), "!GetAtt Named.Arn"), "arn:aws-us-gov:s3:::receipts");
}

/// Texts in texts, each twice as long as the last: more than there is memory, if nothing stopped it.
#[test]
fn texts_do_not_grow_without_end() {
    for start in ["x", "${Named}"] {
        let mut nested = format!("{{'Fn::Sub': '{start}'}}");
        for _ in 0..60 {
            nested = format!("{{'Fn::Sub': ['${{a}}${{a}}', {{a: {nested}}}]}}");
        }
        assert!(value(Some("us-east-1"), &nested).len() < 1 << 20, "{start}");
    }
}

#[test]
fn what_a_macro_may_add_is_not_known() {
    let rows = [
        ("{Value: a}", "Value", Some(true)),
        ("{Value: a}", "Other", Some(false)),
        ("{Value: !Ref Open}", "Value", Some(true)),
        ("{Value: !Ref Open}", "Value.Below", None),
        ("{Value: a, 'Fn::Transform': {Name: AWS::Include}}", "Value", Some(true)),
        ("{Value: a, 'Fn::Transform': {Name: AWS::Include}}", "Other", None),
        ("{Value: a, 'Fn::ForEach::X': [I, [a], {'${I}': b}]}", "Other", None),
        ("{'Fn::Transform': {Name: AWS::Include}}", "Other", None),
        ("{Value: {'Fn::Transform': {Name: Count}}}", "Value", None),
        ("{Value: {'Fn::Transform': {Name: Count}}}", "Value.Below", None),
        ("!If [NamedSo, {Value: a}, {Value: b}]", "Value", Some(true)),
        ("!If [NamedSo, {Value: a}, {}]", "Value", None),
        ("!If [NamedSo, {Value: a}, !Ref AWS::NoValue]", "Other", Some(false)),
        ("!If [NamedSo, {Value: a}, {'Fn::Transform': {Name: Count}}]", "Other", None),
    ];
    for (properties, keys, expected) in rows {
        let design = design(Some("us-east-1"), properties);
        let found = other(&design).at(keys).exists().known();
        assert_eq!(found, expected, "`{keys}` of {properties}");
    }
}

#[test]
fn every_form_of_a_macro_is_seen() {
    let rows = [
        ("", ""),
        ("Transform: AWS::LanguageExtensions", ""),
        ("Transform: [AWS::LanguageExtensions, Count]", "Count"),
        ("Transform: {Name: AWS::Include, Parameters: {Location: a}}", "AWS::Include"),
        ("Transform: [{Name: AWS::Include}, Count]", "AWS::Include, Count"),
        ("Resources: {}\n'Fn::Transform': {Name: AWS::Include}", "Fn::Transform"),
        ("Mappings: {'Fn::Transform': {Name: AWS::Include}}", "Fn::Transform"),
        ("Resources: {'Fn::Transform': {Name: AWS::Include}}", "Fn::Transform"),
        ("Resources: {'Fn::ForEach::X': [I, [a], {}]}", "Fn::ForEach::X"),
        ("Resources: {A: {'Fn::Transform': {Name: AWS::Include}}}", "Fn::Transform"),
    ];
    for (template, expected) in rows {
        let template = if template.is_empty() { "Resources: {}" } else { template };
        let design = built(&[source("A", Some("us-east-1"), template)]);
        assert_eq!(design.stacks()[0].transforms.join(", "), expected, "{template}");
        let hides = design.may_hide("AWS::S3::Bucket", "us-east-1");
        assert_eq!(hides, !expected.is_empty(), "{template}");
        assert_eq!(checks::check(&design).unseen.len(), usize::from(hides), "{template}");
    }
}

#[test]
fn accounts_that_are_not_known_may_be_the_same() {
    let own = "!GetAtt Topic.TopicArn";
    let rows = [
        ("arn:aws:sns:us-east-1:123456789012:page", None),
        ("arn:aws:sns:us-east-2:123456789012:page", Some(false)),
        ("!Ref Topic", Some(true)),
    ];
    for (other_arn, expected) in rows {
        let design = design(Some("us-east-1"), &format!("{{A: {own}, B: {other_arn}}}"));
        let values = ["A", "B"].map(|keys| other(&design).at(keys).value().known());
        let [Some(left), Some(right)] = values else { panic!("{other_arn} is not known") };
        assert_eq!(design.same(left, right).known(), expected, "{other_arn}");
    }
}

#[test]
fn a_nested_stack_splits_the_lists_that_it_is_given() {
    let child = "
Parameters:
  Topics: {Type: CommaDelimitedList}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>}
  Key: {Type: AWS::SSM::Parameter::Value<String>}
  Word: {Type: String, NoEcho: true}
Resources:
  Other:
    Type: AWS::SSM::Parameter
    Properties:
      First: !Select [0, !Ref Topics]
      Second: !Select [1, !Ref Topics]
      Subnet: !Select [1, !Ref Subnets]
      Key: !Ref Key
      Word: !Ref Word
      Stack: !Ref AWS::StackName";
    let parent = "
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      Parameters:
        Topics: !Join [',', [!GetAtt Queue.Arn, 'arn:b']]
        Subnets: 'subnet-1, subnet-2'
        Key: /payments/key
        Word: hunter2";
    let rows = [
        ("First", "${Queue.Arn}"),
        ("Second", "arn:b"),
        ("Subnet", "subnet-2"),
        ("Key", "?"),
        ("Word", "?"),
        ("Stack", "${AWS::StackName}"),
    ];
    let parent = source("Parent", Some("us-east-1"), parent);
    let design = built(&[parent, nested("Child", child)]);
    for (keys, expected) in rows {
        assert_eq!(shown(&design, keys), expected, "{keys}");
    }
}

/// Each stack hands twice what it was given to the next.
#[test]
fn what_stacks_hand_on_does_not_grow_without_end() {
    let hand = |given: &str| {
        format!(
            "
Parameters: {{Given: {{Type: String, Default: x}}}}
Resources:
  Other: {{Type: AWS::SSM::Parameter, Properties: {{Value: {given}}}}}
  Child: {{Type: AWS::CloudFormation::Stack, Properties: {{Parameters: {{Given: {given}}}}}}}"
        )
    };
    for given in [
        "!Sub '${Given}${Given}'",
        "!Join ['', [!Ref Given, !Ref Given]]",
        "[!Ref Given, !Ref Given]",
    ] {
        let mut sources = vec![source("0", Some("us-east-1"), &hand(given))];
        for depth in 1..40 {
            let parent = Parent { stack: (depth - 1).to_string(), resource: "Child".to_owned() };
            let child = source(&depth.to_string(), Some("us-east-1"), &hand(given));
            sources.push(Source { parent: Some(parent), ..child });
        }
        let longest = built(&sources).resources().map(|one| one.whole().shown().len()).max();
        assert!(longest < Some(1 << 20), "{given}");
    }
}

#[test]
fn what_is_handed_on_in_steps_is_known_and_circles_are_not() {
    let hand = |from: &str, to: &str| {
        format!(
            "
Resources: {{Other: {{Type: AWS::SSM::Parameter, Properties: {{Value: !ImportValue {from}}}}}}}
Outputs: {{Given: {{Value: !ImportValue {from}, Export: {{Name: {to}}}}}}}"
        )
    };
    const RESTS: &str = "? it rests on what other stacks give to each other";
    const LONG: [&str; 12] =
        ["lm", "kl", "jk", "ij", "hi", "gh", "fg", "ef", "de", "cd", "bc", "ab"];
    let first = "Resources: {}\nOutputs: {Given: {Value: receipts, Export: {Name: a}}}";
    let rows = [
        (vec![("c", "d"), ("b", "c"), ("a", "b")], "receipts"),
        (vec![("z", "b")], "? no template of us-east-1 here exports `z`"),
        (vec![("c", "b"), ("b", "c")], RESTS),
        (vec![("b", "b")], RESTS),
        (LONG.map(|step| (&step[..1], &step[1..])).to_vec(), RESTS),
    ];
    for (steps, expected) in rows {
        let mut sources = vec![source("First", Some("us-east-1"), first)];
        sources
            .extend(steps.iter().map(|(from, to)| source(to, Some("us-east-1"), &hand(from, to))));
        let design = built(&sources);
        let answer = other(&design).at("Value").value();
        let found = match answer {
            Answer::Known(value) => value.shown(),
            Answer::Unknown(why) => format!("? {why}"),
            Answer::Absent => "nothing".to_owned(),
        };
        assert_eq!(found, expected, "{steps:?}");
    }
}

#[test]
fn accounts_keep_their_exports_apart() {
    let giver = |name: &str| {
        format!("Resources: {{}}\nOutputs: {{Given: {{Value: {name}, Export: {{Name: a}}}}}}")
    };
    let taker =
        "Resources: {Other: {Type: AWS::SSM::Parameter, Properties: {Value: !ImportValue a}}}";
    let rows = [
        ([Some("1"), Some("2"), Some("1")], "one"),
        ([Some("1"), Some("2"), Some("2")], "two"),
        ([Some("1"), Some("2"), None], "?"),
        ([None, None, None], "?"),
    ];
    for (accounts, expected) in rows {
        let texts = [("One", giver("one")), ("Two", giver("two")), ("Taker", taker.to_owned())];
        let sources = texts.iter().zip(accounts).map(|((name, text), account)| Source {
            account: account.map(str::to_owned),
            ..source(name, Some("us-east-1"), text)
        });
        let design = built(&sources.collect::<Vec<_>>());
        assert_eq!(shown(&design, "Value"), expected, "{accounts:?}");
    }
}

#[test]
fn outputs_of_nested_stacks_are_those_of_the_parent_only_through_it() {
    let child = "
Resources: {}
Outputs: {Name: {Value: receipts}}";
    let parent = "
Resources:
  Child: {Type: AWS::CloudFormation::Stack}
  Other:
    Type: AWS::SSM::Parameter
    Properties:
      Attribute: !GetAtt Child.Outputs.Name
      Text: !Sub '${Child.Outputs.Name}/*'
      Missing: !GetAtt Child.Outputs.Else
      Stack: {Fn::GetStackOutput: {StackName: Parent, OutputName: Name}}";
    let rows =
        [("Attribute", "receipts"), ("Text", "receipts/*"), ("Missing", "?"), ("Stack", "?")];
    let parent =
        Source { stack_name: "Parent".to_owned(), ..source("Parent", Some("us-east-1"), parent) };
    let child = Source { stack_name: "Parent".to_owned(), ..nested("Child", child) };
    let design = built(&[parent, child]);
    for (keys, expected) in rows {
        assert_eq!(shown(&design, keys), expected, "{keys}");
    }
}

/// What `Value` of the resource `Other` is.
fn value(region: Option<&str>, expression: &str) -> String {
    shown(&design(region, &format!("{{Value: {expression}}}")), "Value")
}

/// A template with something of everything, and the resource `Other` with these properties.
fn design(region: Option<&str>, properties: &str) -> Design {
    let mut template = "
Parameters:
  Open: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  List: {Type: CommaDelimitedList, Default: 'a, b'}
  Size: {Type: Number, Default: 3}
Mappings: {Map: {us-east-1: {Class: small}}}
Conditions:
  NamedSo: !Equals [!Ref AWS::StackName, payments]
  OwnAccount: !Equals [!Ref AWS::AccountId, '123456789012']
  Own: !Equals [!Ref AWS::Region, us-east-1]
  SecretSet: !Equals [!Ref Secret, '']
  China: !Equals [!Ref AWS::Partition, aws-cn]
Resources:
  Nested: {Type: AWS::CloudFormation::Stack}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: receipts}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: page}}
  Other:
    Type: AWS::SSM::Parameter
"
    .to_owned();
    writeln!(template, "    Properties: {properties}").expect("a text takes all");
    built(&[source("Only", region, &template)])
}

fn source(name: &str, region: Option<&str>, text: &str) -> Source {
    Source {
        text: text.to_owned(),
        name: name.to_owned(),
        region: region.map(str::to_owned),
        ..Source::default()
    }
}

fn nested(name: &str, text: &str) -> Source {
    let parent = Parent { stack: "Parent".to_owned(), resource: name.to_owned() };
    Source { parent: Some(parent), ..source(name, Some("us-east-1"), text) }
}

fn built(sources: &[Source]) -> Design {
    Design::new(sources, Settings::default()).expect("templates that can be read")
}

fn other(design: &Design) -> checks::Resource<'_> {
    design.resources().find(|resource| resource.id() == "Other").expect("it is there")
}

/// A property of `Other` as people read it: names and ARNs where templates say them, `?` where it is not known.
fn shown(design: &Design, keys: &str) -> String {
    let place = other(design).at(keys);
    match place.value() {
        Answer::Known(value) => design.text(value).known().unwrap_or_else(|| value.shown()),
        Answer::Unknown(_) => "?".to_owned(),
        Answer::Absent => "nothing".to_owned(),
    }
}
