//! The simulated processor of cards: takes money once for each key, and fails in every way that a real one does.
