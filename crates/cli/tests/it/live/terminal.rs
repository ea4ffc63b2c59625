//! A failover that is typed on a terminal sees what others approve of elsewhere, while it asks there.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::processes::until;
use super::two_regions::{TwoRegions, folder};

#[test]
fn approvals_from_elsewhere_are_seen_while_it_is_asked_here() {
    let folder = folder();
    let regions = TwoRegions::up(folder.path());
    regions.done("fault lose primary");
    // `script` gives a terminal to what it starts; nobody types anything on it.
    let tideover = env!("CARGO_BIN_EXE_tideover");
    let mut typed = Command::new("script")
        .args(["-qefc", &format!("{tideover} failover --by ann --reason gone"), "/dev/null"])
        .env("TIDEOVER_UP", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of util-linux is there");
    until("it waits for approval", || {
        let approve = regions.tideover("approve --by alice --yes");
        (approve.exit_code == Some(0)).then_some(())
    });
    regions.done("approve --by bob --yes");
    let mut said = String::new();
    typed.stdout.take().expect("it is a pipe").read_to_string(&mut said).expect("it is text");
    let ended = typed.wait().expect("it ran");
    assert_eq!(ended.code(), Some(0), "{said}");
    for words in ["type your name to approve of that", "it is approved", "payments are taken"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}
