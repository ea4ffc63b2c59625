//! Templates as text: what is read, what is refused and in which words, and where things stand.

mod faults;
mod limits;
mod places;
mod properties;
mod yaml;

use checks::parse;
use serde_json::Value;

/// The value of a text that has to be readable.
#[track_caller]
fn read(text: &str) -> Value {
    parse(text).unwrap_or_else(|fault| panic!("{fault}\nin {text}"))
}

/// What is wrong with a text.
#[track_caller]
fn fault(text: &str) -> String {
    match parse(text) {
        Ok(value) => panic!("read as {value}\nfrom {text}"),
        Err(fault) => fault.to_string(),
    }
}

/// Does something on a stack of the size that threads have.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let done = thread.spawn(work).expect("a thread").join();
    assert!(done.is_ok(), "see the panic above");
}
