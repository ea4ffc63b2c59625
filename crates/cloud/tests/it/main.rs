//! Runs in two Regions of an emulator of AWS, over a way that breaks, and actions over answers that are written down.
//! Nothing here proves what AWS itself answers.

mod automatic;
mod estate;
mod evidence;
mod failures;
mod ledger;
mod recorded;
mod runs;
mod service;
mod signing;
mod waits;
