//! Where the values of a text stand, for whoever shows a finding beside its line.

use std::collections::BTreeMap;

use super::MAX_DOCUMENT_BYTES;
use super::walk::{Fault, Listener, Step, walk};

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1, in Unicode's code points.
    pub column: usize,
}

/// Where the value of a path stands, such as that of `["Resources", "Cluster", "Properties"]`.
///
/// The same as [`locate_all`] for one path.
#[must_use]
pub fn locate(text: &str, path: &[&str]) -> Option<Position> {
    locate_all(text, &[path]).into_iter().next().flatten()
}

/// Where the values of many paths stand, in one pass through the text.
///
/// A path names keys, and items of a list by their number from 0, in the long form of the template. The place is that
/// of the key, or of the item; where the path leads further than the text, that of the last part that is there. `None`
/// only if the text holds nothing.
#[must_use]
pub fn locate_all<Path: AsRef<[Part]>, Part: AsRef<str>>(
    text: &str,
    paths: &[Path],
) -> Vec<Option<Position>> {
    let mut seeker = Seeker { tree: Tree::new(paths), open: Vec::new(), next: None };
    if text.len() <= MAX_DOCUMENT_BYTES {
        // What is before a fault is found all the same.
        let _ = walk(text, &mut seeker);
    }
    let found: Vec<_> = paths.iter().map(|path| seeker.tree.place(path.as_ref())).collect();
    let positions = positions(text, found.iter().flatten().copied().collect());
    found.into_iter().map(|at| positions.get(&at?).copied()).collect()
}

/// The paths that are sought, with equal beginnings shared; the root is the first.
struct Tree<'path> {
    nodes: Vec<Node<'path>>,
}

#[derive(Default)]
struct Node<'path> {
    parts: BTreeMap<&'path str, usize>,
    at: Option<usize>,
}

impl<'path> Tree<'path> {
    fn new<Path: AsRef<[Part]>, Part: AsRef<str> + 'path>(paths: &'path [Path]) -> Self {
        let mut nodes = vec![Node::default()];
        for path in paths {
            let mut node = 0;
            for part in path.as_ref() {
                let fresh = nodes.len();
                node = *nodes[node].parts.entry(part.as_ref()).or_insert(fresh);
                if node == fresh {
                    nodes.push(Node::default());
                }
            }
        }
        Self { nodes }
    }

    fn part(&self, node: usize, part: &str) -> Option<usize> {
        self.nodes[node].parts.get(part).copied()
    }

    fn item(&self, node: usize, index: usize) -> Option<usize> {
        if self.nodes[node].parts.is_empty() { None } else { self.part(node, &index.to_string()) }
    }

    /// The byte of a path's last part that was found.
    fn place<Part: AsRef<str>>(&self, path: &[Part]) -> Option<usize> {
        let mut node = 0;
        let mut at = self.nodes[node].at;
        for part in path {
            node = self.part(node, part.as_ref())?;
            match self.nodes[node].at {
                Some(deeper) => at = Some(deeper),
                None => break,
            }
        }
        at
    }
}

/// Listens to a walk and notes where the paths of the tree are.
struct Seeker<'path> {
    tree: Tree<'path>,
    open: Vec<Open>,
    /// The node of the key whose value is next.
    next: Option<usize>,
}

/// A map or list that has begun, and its node if anything in it is sought.
struct Open {
    node: Option<usize>,
    /// How many items there were, if it is a list.
    items: Option<usize>,
}

impl<'text> Listener<'text> for Seeker<'_> {
    fn step(&mut self, step: Step<'text>, at: usize) -> Result<(), Fault> {
        match step {
            Step::Map => {
                let node = self.value(at);
                self.open.push(Open { node, items: None });
            }
            Step::List => {
                let node = self.value(at);
                self.open.push(Open { node, items: Some(0) });
            }
            Step::End => {
                self.open.pop();
            }
            Step::Key(key) => {
                let parent = self.open.last().and_then(|open| open.node);
                self.next = parent.and_then(|node| self.tree.part(node, &key));
                self.note(self.next, at);
            }
            Step::Merge => self.next = None,
            Step::Text(_) | Step::Plain(_) | Step::Alias(_) => {
                self.value(at);
            }
            Step::Anchor(_) => {}
        }
        Ok(())
    }
}

impl Seeker<'_> {
    /// The node of the value that begins here.
    fn value(&mut self, at: usize) -> Option<usize> {
        let node = match self.open.last_mut() {
            None => Some(0),
            Some(Open { items: None, .. }) => return self.next.take(),
            Some(Open { node, items: Some(items) }) => {
                *items += 1;
                let index = *items - 1;
                node.and_then(|node| self.tree.item(node, index))
            }
        };
        self.note(node, at);
        node
    }

    fn note(&mut self, node: Option<usize>, at: usize) {
        if let Some(node) = node {
            self.tree.nodes[node].at.get_or_insert(at);
        }
    }
}

/// Line and column of each of these bytes.
fn positions(text: &str, mut places: Vec<usize>) -> BTreeMap<usize, Position> {
    places.sort_unstable();
    places.dedup();
    let mut position = Position { line: 1, column: 1 };
    // No editor shows the mark at the beginning.
    let mut from = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut positions = BTreeMap::new();
    for at in places {
        let between = text.get(from..at).unwrap_or_default();
        match between.rsplit_once('\n') {
            Some((lines, last)) => {
                position.line += lines.matches('\n').count() + 1;
                position.column = last.chars().count() + 1;
            }
            None => position.column += between.chars().count(),
        }
        from = at;
        positions.insert(at, position);
    }
    positions
}
