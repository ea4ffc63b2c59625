//! `tideover drill` as people and programs use it.

use std::process::{Command, Stdio};

use expect_test::expect;
use serde_json::Value;

use crate::place::Place;

/// A scenario that expects what does not come: nothing fails, and yet the other Region is to be active.
const DISAPPOINTED: &str = "\
title     Nobody fails, and the other Region is to be active
clients   2, 2 payments each, every 1s..2s
at 5s     slow standby 3x
expect    active standby
";

fn json(place: &Place, words: &str) -> Value {
    let stdout = place.tideover(&format!("drill {words} --output json")).stdout();
    serde_json::from_str(&stdout).expect("the output is JSON")
}

#[test]
fn lists_every_scenario() {
    let place = Place::new();
    let list = place.tideover("drill --list").stdout();
    assert_eq!(list.lines().count(), drill::shipped().len());
    assert!(list.contains("\nregion-lost "), "{list}");
    let listed = json(&place, "--list");
    let names = listed["scenarios"].as_array().expect("there is a list").iter();
    let names: Vec<&str> = names.filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, drill::shipped().iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn threads_do_not_show() {
    let place = Place::new();
    for output in ["text", "json"] {
        let words = format!(
            "drill --scenario steady --scenario region-lost --seeds 6 --output {output} --jobs"
        );
        let one = place.tideover(&format!("{words} 1")).stdout();
        assert_eq!(one, place.tideover(&format!("{words} 2")).stdout());
    }
}

#[test]
fn one_seed_is_one_story() {
    let place = Place::new();
    let outcome = place.tideover("drill --scenario steady --seed 3").outcome();
    assert_eq!(outcome.exit_code, Some(0), "{outcome}");
    assert!(outcome.stdout.starts_with("steady, seed 3: "), "{outcome}");
    let last = outcome.stdout.lines().last().expect("something is said");
    assert!(last.starts_with("EVERY RULE WAS KEPT: 1 drill, "), "{last}");
    assert!(outcome.stderr.starts_with("took "), "no line of progress: {outcome}");
    assert_eq!(place.names("."), [""; 0], "nothing is written");
}

#[test]
fn json_says_what_was_played() {
    let place = Place::new();
    let played = json(&place, "--scenario region-lost --seed 5 --seeds 3");
    assert_eq!(played["format"], "tideover-drills/1");
    assert_eq!((&played["wanted"], &played["drills"]), (&3.into(), &3.into()));
    assert_eq!(played["broken"], Value::Null);
    assert_eq!(played["again"], "tideover drill --scenario region-lost --seed 5");
    assert_eq!(played["scenarios"][0]["name"], "region-lost");
    assert_eq!(played["told"]["format"], "tideover-drill-report/1");
    assert_eq!(played["told"]["seed"], 5);
    let parts = played["told"]["recoveries"][0]["parts"].as_array().expect("it has parts");
    let sum: u64 = parts.iter().filter_map(|part| part["took_ms"].as_u64()).sum();
    assert_eq!(played["told"]["rto_ms"], sum);
}

#[test]
fn a_page_and_a_history() {
    let place = Place::new();
    let files = "--report drill.html --history drill.json";
    place.tideover(&format!("drill --scenario region-lost --seed 2 {files}")).stdout();
    let page = place.text("drill.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("tideover drill --scenario region-lost --seed 2"));
    assert!(!page.contains("http"));
    let history = drill::from_json(&place.text("drill.json")).expect("it can be read back");
    assert_eq!((history.scenario.as_str(), history.seed), ("region-lost", 2));
    let failed = place.tideover("drill --scenario steady --seed 1 --report no/such/folder.html");
    let failed = failed.outcome();
    assert_eq!(failed.exit_code, Some(1), "{failed}");
    assert!(failed.stdout.starts_with("steady, seed 1: "), "{failed}");
    let error =
        "error: cannot write `no/such/folder.html`: No such file or directory (os error 2)\n";
    assert!(failed.stderr.ends_with(error), "{failed}");
}

/// What a drill was to show is not shown by one in which it never came to it.
#[test]
fn a_line_that_never_happens_comes_to_nothing() {
    let place = Place::new();
    let text = "title  Never\nclients  2, 3 payments each, every 1s\nat 5s  lose witness\n\
                before promote-database  lose standby\n";
    place.write("never.drill", text);
    let outcome = place.tideover("drill --scenario never.drill --seeds 3").outcome();
    assert_eq!(outcome.exit_code, Some(1), "{outcome}");
    for told in [
        "happened in 3 of 3 drills: at 5s lose witness\n",
        "NEVER HAPPENED in 3 drills of never: before promote-database lose standby\n",
        "EVERY RULE WAS KEPT AS FAR AS IT WAS PLAYED: 3 drills, ",
    ] {
        assert!(outcome.stdout.contains(told), "{told}: {outcome}");
    }
    assert!(
        outcome.stderr.contains("error: lines of scenarios that never happened: 1\n"),
        "{outcome}"
    );
    let told = place.tideover("drill --scenario never.drill --seeds 3 --output json").outcome();
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let lines = &told["scenarios"][0]["lines"];
    assert_eq!((&lines[0]["happened"], &lines[1]["happened"]), (&3.into(), &0.into()), "{lines}");
    assert_eq!(lines[1]["wanted"], 3);
}

#[test]
fn unknown_scenarios() {
    let place = Place::new();
    place.tideover("drill --scenario region-lots").check(expect![[r#"
        exit code 2
        --- stderr
        error: no scenario `region-lots` is shipped, and there is no such file
        hint: did you mean `region-lost`? `tideover drill --list` names all of them
    "#]]);
    place.tideover("drill --scenario volcano").check(expect![[r#"
        exit code 2
        --- stderr
        error: no scenario `volcano` is shipped, and there is no such file
        hint: `tideover drill --list` names all of them; a file of your own needs its ending
    "#]]);
    place.tideover("drill --scenario volcano.drill").check(expect![[r#"
        exit code 1
        --- stderr
        error: cannot read `volcano.drill`: No such file or directory (os error 2)
    "#]]);
}

#[test]
fn all_faults_of_all_files_at_once() {
    let place = Place::new();
    place.write("one.drill", "titel  Misspelt\nat 5s  loose primary\n");
    place.write("two.drill", "title  Two\nat noon  lose primary\n");
    place.write("three.drill", b"title  caf\xe9\n");
    let files = "--scenario one.drill --scenario two.drill --scenario three.drill";
    let outcome = place.tideover(&format!("drill {files}")).outcome();
    assert_eq!(outcome.exit_code, Some(3), "{outcome}");
    // What is allowed grows with the language, which has tests of its own.
    let found = outcome.stderr.lines().map(|line| line.split("; allowed").next().unwrap_or(line));
    expect![[r#"
        error: one.drill:1:1: found `titel`
        one.drill:2:8: found `loose`
        one.drill:1:1: found no title
        two.drill:2:4: found `noon`
        three.drill: the file is not UTF-8; save it in that encoding"#]]
    .assert_eq(&found.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_wrong_command_line() {
    let place = Place::new();
    for words in ["--seeds 0", "--seeds many", "--jobs 0", "--output yaml", "region-lost"] {
        let outcome = place.tideover(&format!("drill {words}")).outcome();
        assert_eq!(outcome.exit_code, Some(2), "{outcome}");
    }
}

#[test]
fn a_broken_rule_is_told_and_can_be_played_again() {
    let place = Place::new();
    place.write("disappointed.drill", DISAPPOINTED);
    let command = "drill --scenario disappointed.drill --seeds 2 --shortened short.drill";
    let outcome = place.tideover(command).outcome();
    assert_eq!(outcome.exit_code, Some(4), "{outcome}");
    assert!(outcome.stdout.contains("other-region-active: us-east-1 is active"), "{outcome}");
    let again = "tideover drill --scenario disappointed.drill --seed 1";
    assert!(outcome.stdout.contains(&format!("\n  {again}  # and 1 more\n")), "{outcome}");
    let (_, said) = outcome.stderr.split_once('\n').expect("it says how long it took");
    expect![[r#"
        error: a rule was broken in 2 of 2 drills
        hint: type `tideover drill --scenario disappointed.drill --seed 1` to play the gravest again
    "#]]
    .assert_eq(said);
    let words = again.strip_prefix("tideover ").expect("it begins with the program");
    let played = place.tideover(words).outcome();
    assert_eq!(played.exit_code, Some(4), "{played}");
    assert!(played.stdout.contains("other-region-active"), "{played}");
    let short = place.text("short.drill");
    assert!(!short.contains("slow standby"), "{short}");
    let short = place.tideover("drill --scenario short.drill --seed 1").outcome();
    assert_eq!(short.exit_code, Some(4), "{short}");
    assert!(short.stdout.contains("other-region-active"), "{short}");
}

/// Whether the process handles SIGINT by now.
fn listens(process: u32) -> bool {
    const SIGINT: u32 = 2;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.unwrap_or_default() >> (SIGINT - 1) & 1 == 1
}

#[test]
fn a_signal_ends_it_with_what_there_is() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tideover"));
    command.args(["drill", "--scenario", "steady", "--seeds", "100000000"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = command.spawn().expect("the program can be started");
    while !listens(process.id()) {
        std::thread::yield_now();
    }
    let kill = Command::new("kill").args(["-INT", &process.id().to_string()]).status();
    assert!(kill.expect("kill can be started").success());
    let output = process.wait_with_output().expect("it can be waited for");
    assert_eq!(output.status.code(), Some(130));
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // What was not played proves nothing, and is not said to.
    let claims = ["EVERY RULE WAS KEPT AS FAR AS IT WAS PLAYED: ", "NOTHING WAS PROVED: "];
    let says = |claim: &&str| stdout.contains(&format!("{claim}stopped after "));
    assert!(claims.iter().any(says), "{stdout}");
    assert!(
        stderr.contains("error: stopped after ") && stderr.contains(" of 100000000 drills"),
        "{stderr}"
    );
}
