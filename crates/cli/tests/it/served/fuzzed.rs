//! schemathesis finds nothing wrong with a served Region, on either store.

use crate::schemathesis;
use crate::served::machine::{Machine, Store};

fn fuzz(store: Store) {
    let machine = Machine::new(store);
    let service = machine.start();
    schemathesis::finds_nothing(&service.url());
}

#[test]
fn the_embedded_store() {
    fuzz(Store::Embedded);
}

#[test]
fn postgresql() {
    fuzz(Store::Postgres);
}
