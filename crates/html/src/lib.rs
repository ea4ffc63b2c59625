//! Pages of HTML that need nothing else: no network, no script, no file beside them.
//!
//! They are read on a screen, light or dark, on paper, and aloud: every picture has a text, every table headings. What
//! the drill tells of a rehearsal and what a report tells of a run look alike because both are made of this.

pub mod chart;
mod markup;

pub use markup::{Column, Markup, document, figure, section, table};
