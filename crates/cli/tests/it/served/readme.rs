//! The commands of the README that speak to a served Region do what it says.

use std::process::Command;

use crate::served::machine::{Machine, Store};

/// The block of shell commands that ask the service.
fn commands() -> String {
    let readme = include_str!("../../../../../README.md");
    let mut blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.starts_with("curl")).expect("the README shows how to pay").to_owned()
}

#[tokio::test]
async fn the_readme_pays_lists_and_balances() {
    let machine = Machine::new(Store::Embedded);
    let service = machine.start();
    let commands = commands().replace("127.0.0.1:8080", &service.address.to_string());
    let run = Command::new("sh").args(["-e", "-c", &commands]).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{said}");
    for part in
        ["HTTP/1.1 201 Created", r#""status":"posted""#, r#""has_more":false"#, "\"balances\":[{"]
    {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
}
