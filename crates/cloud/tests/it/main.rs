//! Runs in two Regions of an emulator of AWS, over a way that breaks. Nothing here proves what AWS itself answers.

mod estate;
mod failures;
mod ledger;
mod runs;
mod service;
