//! Journals of runs.

use fence::{Millis, RunId};
use runbook::{Appended, Entry, Event, Journal, RunnerName};

use super::trio::{Trio, assert_comes_to};

fn entry(position: u64, runner: &str) -> Entry {
    let runner = RunnerName(runner.to_owned());
    Entry { position, at: Millis(1_000 + position), event: Event::Took { runner } }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_is_written_once() {
    let trio = Trio::start().await;
    let run = RunId::new("failover-1");
    let (here, there) = (trio.client(1).journal(&run), trio.client(2).journal(&run));
    let steps = [
        (&here, entry(0, "ann"), Appended::Written),
        (&there, entry(0, "ben"), Appended::Taken),
        // The same again: whoever did not hear the answer asks once more.
        (&here, entry(0, "ann"), Appended::Written),
        (&there, entry(0, "ann"), Appended::Written),
        (&there, entry(1, "ben"), Appended::Written),
        (&here, entry(1, "ann"), Appended::Taken),
    ];
    for (journal, entry, expected) in &steps {
        assert_comes_to!(journal.append(entry).await, *expected, "{entry:?}");
    }
    assert_comes_to!(here.read().await, Ok(vec![entry(0, "ann"), entry(1, "ben")]));
}

/// A name that begins like another's is another run; more entries than one page has come in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_entries_of_two_runs() {
    let trio = Trio::start().await;
    let client = trio.client(1);
    let runs = ["a", "a#0"].map(RunId::new);
    for run in &runs {
        for position in 0..300 {
            let appended = client.journal(run).append(&entry(position, run.as_str())).await;
            assert_eq!(appended, Appended::Written);
        }
    }
    for run in &runs {
        let read = trio.client(2).journal(run).read().await.expect("it answers");
        let expected: Vec<_> = (0..300).map(|position| entry(position, run.as_str())).collect();
        assert_eq!(read, expected);
    }
    assert_comes_to!(client.runs().await, Ok(runs.to_vec()));
    assert_comes_to!(client.journal(&RunId::new("b")).read().await, Ok(vec![]));
}

/// Who writes past a gap, which no runner does, is not read past it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_read_past_a_gap() {
    let trio = Trio::start().await;
    let journal = trio.client(1).journal(&RunId::new("a"));
    for position in [0, 1, 3] {
        assert_comes_to!(journal.append(&entry(position, "ann")).await, Appended::Written);
    }
    assert_comes_to!(journal.read().await, Ok(vec![entry(0, "ann"), entry(1, "ann")]));
}
