//! In which lines of their files the places of a report stand.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::locate_all;
use crate::report::{Report, Spot};
use crate::source::Source;

/// In which lines of their files the places of a report stand.
#[derive(Debug, Clone, Default)]
pub struct Lines(BTreeMap<Spot, usize>);

impl Lines {
    /// Finds every place of a report in the texts that were judged.
    #[must_use]
    pub fn find(report: &Report, sources: &[Source]) -> Self {
        let texts: BTreeMap<&str, &str> =
            sources.iter().map(|source| (source.file.as_str(), source.text.as_str())).collect();
        let mut by_file: BTreeMap<&str, BTreeSet<&Spot>> = BTreeMap::new();
        for spot in report.spots() {
            by_file.entry(&spot.file).or_default().insert(spot);
        }
        let files =
            by_file.into_iter().filter_map(|(file, spots)| Some((*texts.get(file)?, spots)));
        files.flat_map(|(text, spots)| lines_in(text, spots)).collect()
    }

    /// The line of a place, from 1, where it is known.
    #[must_use]
    pub fn of(&self, spot: &Spot) -> Option<usize> {
        self.0.get(spot).copied()
    }
}

impl FromIterator<(Spot, usize)> for Lines {
    fn from_iter<Pairs: IntoIterator<Item = (Spot, usize)>>(pairs: Pairs) -> Self {
        Self(pairs.into_iter().collect())
    }
}

fn lines_in(text: &str, spots: BTreeSet<&Spot>) -> Vec<(Spot, usize)> {
    let paths: Vec<Vec<String>> = spots.iter().map(|spot| path(spot)).collect();
    let positions = locate_all(text, &paths);
    let found = spots.into_iter().zip(positions);
    found.filter_map(|(spot, position)| Some((spot.clone(), position?.line))).collect()
}

/// The keys that lead to a place in its template.
fn path(spot: &Spot) -> Vec<String> {
    if spot.resource.is_empty() {
        return Vec::new();
    }
    let mut path = ["Resources", &spot.resource].map(str::to_owned).to_vec();
    if !spot.property.is_empty() {
        path.push("Properties".to_owned());
        let parts = spot.property.split(['.', '[']).map(|part| part.trim_end_matches(']'));
        path.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
    }
    path
}
