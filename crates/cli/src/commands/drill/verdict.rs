//! What drills have proved, in the words that simulated and live ones share.

/// "Every rule was kept" is said without a word more only where everything was played that was to be.
pub(super) fn words(drills: u64, is_whole: bool, broken: u64) -> String {
    match (drills, broken) {
        (0, _) => "NOTHING WAS PROVED".to_owned(),
        (_, 0) if is_whole => "EVERY RULE WAS KEPT".to_owned(),
        (_, 0) => "EVERY RULE WAS KEPT AS FAR AS IT WAS PLAYED".to_owned(),
        _ => format!("RULES WERE BROKEN IN {broken}"),
    }
}
