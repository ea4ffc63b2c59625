//! The pair of Regions judged before deployment: CloudFormation templates of two Regions in, a report out.
//!
//! Judges our own assembly and anybody's. Reads no file and knows no clock: texts, and the day that allowances are
//! compared with, are arguments.

mod answer;
mod document;

pub use answer::{Answer, Unknown};
pub use document::{DocumentFault, parse};
