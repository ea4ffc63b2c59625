//! The live rehearsal: a scenario played in real time against real processes, its evidence made into
//! a history, which the judge of the simulator reads.
//!
//! ```text
//! scenario ─ play ─▶ clients, script, people ─▶ evidence ─ history ─▶ judge ─▶ report, measured ─▶ statistics
//! ```

mod asked;
mod clients;
mod collect;
mod conduct;
mod director;
mod evidence;
mod gate_lines;
mod gates;
mod history;
mod line;
mod live;
mod load;
mod measured;
mod notes;
mod people;
mod playable;
mod rehearse;
mod reply;
mod script;
mod stage;
mod statistics;
mod tempo;
mod told;

pub use asked::Asked;
pub use clients::{Client, Crowd, Patience, Resolve, Working, ask_again};
pub use collect::{NotWhole, collect};
pub use conduct::{Played, play};
pub use director::{Director, Waits};
pub use evidence::{Ending, Evidence, GateLine, TailOf};
pub use gate_lines::gate_lines;
pub use history::history;
pub use line::{Line, NoReply, Reply, site_at};
pub use live::Live;
pub use load::{Load, Wish, Wishes};
pub use measured::{Handover, LeftBehind, LostPayment, Measured, WritePause, as_expected_live};
pub use notes::{Noted, Notes};
pub use playable::{LIVE, playable};
pub use rehearse::{NotRehearsed, Rehearsed, rehearse};
pub use reply::answer;
pub use script::Cue;
pub use stage::{Stage, Wanted};
pub use statistics::{Counted, Statistics};
pub use tempo::Tempo;
pub use told::Summaries;
