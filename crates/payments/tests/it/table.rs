//! Reads tables: one row a line, cells between `|`, blank lines and lines of `-` for the eye.

use std::fmt::Debug;

/// The cells of each row, trimmed.
pub(crate) fn rows<const N: usize>(table: &str) -> Vec<[&str; N]> {
    let lines = table.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.chars().all(|c| "-+".contains(c)));
    lines.map(cells).collect()
}

fn cells<const N: usize>(line: &str) -> [&str; N] {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    cells.try_into().unwrap_or_else(|cells| panic!("{N} cells are expected, not {cells:?}"))
}

/// Checks the last cell of each row against what the others lead to, and says which row is wrong.
#[track_caller]
pub(crate) fn check<const N: usize>(table: &str, result: impl Fn(&[&str; N]) -> String) {
    let wrong: Vec<String> = rows::<N>(table)
        .iter()
        .filter_map(|row| {
            let found = result(row);
            (found != row[N - 1]).then(|| format!("{row:?}\n  found: {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A debugging name in lower case, such as `answered(succeeded)`.
pub(crate) fn name(value: impl Debug) -> String {
    format!("{value:?}").to_lowercase()
}
