//! What the function must be told by its environment.

use std::process::Command;

use expect_test::expect;

use crate::world::system;

fn said(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.env_clear().envs(variables.iter().copied());
    let output = command.output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).expect("it is text")
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let system = system().encode();
    let known = ("TIDEOVER_SYSTEM", system.as_str());
    let text = [
        said(&[]),
        said(&[("TIDEOVER_SYSTEM", "{}")]),
        said(&[known, ("AWS_REGION", "us-west-2")]),
        said(&[known, ("AWS_REGION", "us-east-1")]),
    ];
    expect![[r#"
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_SYSTEM must be the system, as the templates write it: it is not set"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_SYSTEM must be the system, as the templates write it: `functions` is no list"}
        {"level":"error","message":"the function cannot run","reason":"AWS_REGION must be a home Region of the system: `us-west-2` is none"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_PEOPLE_TOPIC_ARN must be the topic that people are told through: it is not set"}
    "#]].assert_eq(&text.concat());
}
