//! What happens, as it happens: lines on standard error, and on a terminal a last line that says how far it is.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use deploy::{Changes, Removal, Told};

use super::table::lines;

/// Shows what happens.
pub(crate) struct Show {
    is_terminal: bool,
    total: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    planned: Vec<Changes>,
    /// Stacks that something is being done with.
    open: BTreeSet<String>,
    done: usize,
    has_progress: bool,
}

impl Show {
    /// For so many stacks.
    pub(crate) fn new(total: usize) -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), total, state: Mutex::default() }
    }

    pub(crate) fn tell(&self, told: &Told) {
        let mut state = self.state();
        let lines = match told {
            Told::WithoutRole { role, said } => vec![format!(
                "note: the role {role} cannot be taken, and your own credentials are used: {said}"
            )],
            Told::Published { asset, bucket } => vec![format!("published {asset} to {bucket}")],
            Told::Planned(changes) => {
                state.planned.push(changes.clone());
                lines(changes)
            }
            Told::Unchanged { stack, .. } => {
                state.done += 1;
                vec![format!("{stack}: unchanged")]
            }
            Told::TakenUp { stack, status } => {
                vec![format!("{stack}: {status}, begun earlier; waiting for it")]
            }
            Told::Begun { stack, region, what } => {
                state.open.insert(stack.clone());
                vec![format!("{stack} in {region}: {what}")]
            }
            Told::Happened { stack, event } => {
                let reason =
                    event.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
                let path = if event.is_of_stack { stack } else { &event.path };
                vec![format!("  {path}  {}  {}{reason}", event.status, event.type_name)]
            }
            Told::Removing(removals) => removing(removals),
            Told::Noted { stack, what } => vec![format!("{stack}: {what}")],
            Told::Done { stack, status, .. } => {
                state.open.remove(stack);
                state.done += 1;
                vec![format!("{stack}: {status}")]
            }
        };
        self.print(&mut state, &lines);
    }

    /// What would be done, as it was told.
    pub(crate) fn planned(&self) -> Vec<Changes> {
        let mut planned = self.state().planned.clone();
        planned.sort_by(|one, other| one.stack.cmp(&other.stack));
        planned
    }

    /// Takes the last line away.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.open.clear();
        self.print(&mut state, &[]);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever does not read it any more misses it; the work goes on.
    fn print(&self, state: &mut State, lines: &[String]) {
        let mut text = if state.has_progress { "\r\u{1b}[K".to_owned() } else { String::new() };
        lines.iter().for_each(|line| {
            text.push_str(line);
            text.push('\n');
        });
        state.has_progress = self.is_terminal && !state.open.is_empty();
        if state.has_progress {
            let open: Vec<&str> = state.open.iter().take(4).map(String::as_str).collect();
            text.push_str(&format!("[{} of {}] {}", state.done, self.total, open.join(", ")));
        }
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

/// What is removed with what is in it, a line for each.
fn removing(removals: &[Removal]) -> Vec<String> {
    let width = removals.iter().map(|it| it.path.len()).max().unwrap_or_default();
    let line = |removal: &Removal| {
        let Removal { region, path, type_name, physical_id, manner, .. } = removal;
        format!("  {region}  {path:<width$}  {type_name}  {physical_id}: {manner}")
    };
    ["removed with what is in it:".to_owned()]
        .into_iter()
        .chain(removals.iter().map(line))
        .collect()
}
