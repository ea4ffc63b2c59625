//! The two logs: one that writes at once, and one that waits for nobody.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use service::{JsonLines, Log, QueuedLines};

/// What was written, call by call.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<String>>>);

impl Write for Calls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that takes nothing until it is told to.
struct Stuck {
    calls: Calls,
    reached: SyncSender<()>,
    go_on: Receiver<()>,
}

impl Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.reached.send(());
        let _ = self.go_on.recv();
        self.calls.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("full"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("full"))
    }
}

#[test]
fn a_line_is_one_call() {
    let calls = Calls::default();
    let log = JsonLines::new(calls.clone());
    log.line("{\"a\":1}");
    log.line("{}");
    assert_eq!(*calls.0.lock().unwrap(), ["{\"a\":1}\n", "{}\n"]);
}

#[test]
fn lines_that_wait_are_written_in_their_order_and_before_the_end() {
    let calls = Calls::default();
    let log = QueuedLines::new(calls.clone()).unwrap();
    let lines: Vec<String> = (0..5_000).map(|number| format!("{{\"n\":{number}}}")).collect();
    lines.iter().for_each(|line| log.line(line));
    drop(log);
    assert_eq!(calls.0.lock().unwrap().concat(), lines.join("\n") + "\n");
}

#[test]
fn a_reader_that_is_stuck_costs_lines_and_no_time() {
    let (reached, is_reached) = sync_channel(0);
    let (let_go, go_on) = sync_channel(10_000);
    let calls = Calls::default();
    let log = QueuedLines::new(Stuck { calls: calls.clone(), reached, go_on }).unwrap();
    log.line("first");
    is_reached.recv().unwrap();
    // The thread holds the first, the queue these, and there is no room for the last three.
    (0..8_192 + 3).for_each(|_| log.line("x"));
    drop((let_go, is_reached));
    drop(log);
    let text = calls.0.lock().unwrap().concat();
    assert_eq!(text.lines().filter(|line| *line == "x").count(), 8_192);
    assert_eq!(text.matches(r#"{"level":"warn","message":"lines lost","lines":3}"#).count(), 1);
}

#[test]
fn the_end_does_not_wait_for_a_reader_that_is_stuck() {
    let (reached, is_reached) = sync_channel(1);
    let (_let_go, go_on) = sync_channel(1);
    let log = QueuedLines::new(Stuck { calls: Calls::default(), reached, go_on }).unwrap();
    log.line("{}");
    is_reached.recv().unwrap();
    drop(log);
}

#[test]
fn a_log_that_cannot_be_written_stops_nobody() {
    JsonLines::new(Full).line("{}");
    let log = QueuedLines::new(Full).unwrap();
    log.line("{}");
    log.line("{}");
}
