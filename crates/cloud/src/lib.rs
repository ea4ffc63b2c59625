//! Two Regions in AWS: the world and the journal of runs there, and what is seen of both.
