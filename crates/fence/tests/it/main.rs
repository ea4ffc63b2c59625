//! Who may write, told as tables, and what holds however events fall.

mod event;
mod gates;
mod leases;
mod model;
mod mutants;
mod operator;
mod oracle;
mod orders;
mod properties;
mod records;
mod script;
mod store;
mod times;
mod twice;
mod world;

use expect_test::Expect;

use crate::script::Line;
use crate::world::World;

/// Performs a table from its first line on, and compares what came of each.
#[track_caller]
fn check(table: Expect) {
    let mut world = World::default();
    let mut actual = String::new();
    for text in table.data.lines().map(str::trim).filter(|text| !text.is_empty()) {
        let line = Line::parse(text);
        let outcome = world.perform(&line);
        let (now, actor, words) = (line.now, line.actor, line.words.join(" "));
        actual += &format!("{now:<7} {actor:<9} {words:<34} -> {outcome}\n");
    }
    table.assert_eq(&actual);
}
