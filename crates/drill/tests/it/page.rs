//! The page: well-formed, on its own, escaped, the same bytes every time.

use drill::{Page, Report, Summary, story};
use expect_test::expect_file;

use crate::sample;

/// Elements that have no end.
const VOID: [&str; 1] = ["meta"];

fn page(title: &str) -> String {
    let history = sample::history();
    let verdict = sample::verdict(&history);
    let scenario = drill::Scenario { title: title.to_owned(), ..sample::scenario() };
    let report = Report::new(&scenario, &history, &verdict);
    let mut summary = Summary::default();
    summary.add(&drill::Figures::of(&history, &verdict));
    let page = Page {
        report: &report,
        story: &story(&history),
        scenario: "title        The active Region is lost\nat 2.6s      lose primary\n",
        replay: "tideover drill --scenario region-lost --seed 7",
        drills: &[("region-lost".to_owned(), summary)],
        played: drill::Played::Simulated,
    };
    page.html()
}

/// Every element of a page with its attributes, and the texts between them.
///
/// # Panics
/// When an element is not ended by its own end.
pub(crate) fn elements(page: &str) -> Vec<(String, String)> {
    let page = page.strip_prefix("<!DOCTYPE html>\n").expect("a page says what it is");
    let (mut open, mut elements) = (Vec::new(), Vec::new());
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("`<{piece}` has no end"));
        assert!(!text.contains('>') || open.last() == Some(&"style"), "a bare `>` in `{text}`");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "</{name}> ends something else");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(attributes.matches('"').count().is_multiple_of(2), "`{tag}` has half a quotation");
        elements.push((name.to_owned(), attributes.to_owned()));
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} have no end");
    elements
}

#[test]
fn well_formed() {
    let elements = elements(&page("The active Region is lost"));
    let number = |name: &str| elements.iter().filter(|(element, _)| element == name).count();
    assert_eq!((number("html"), number("h1"), number("main"), number("script")), (1, 1, 1, 0));
    assert!(number("svg") > 3);
    assert_eq!(number("svg"), number("desc"), "every picture has a text");
    assert_eq!(number("table"), number("caption"), "every table says what it is");
    let roles = elements
        .iter()
        .filter(|(name, attributes)| name == "svg" && attributes.contains("role=\"img\""));
    assert_eq!(roles.count(), number("svg"));
    let cells = elements.iter().filter(|(name, _)| name == "th");
    assert!(cells.clone().count() > 0 && cells.clone().all(|(_, of)| of.contains("scope=")));
}

#[test]
fn needs_nothing_else() {
    let page = page("The active Region is lost");
    for word in ["http", "src=", "href=", "@import", "url(", "<link", "<script", "javascript"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn every_text_is_escaped() {
    let page = page("<script>alert('x')</script> & \"more\"");
    elements(&page);
    assert!(!page.contains("<script"));
    assert!(
        page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
    );
}

#[test]
fn the_same_bytes() {
    let page = page("The active Region is lost");
    assert_eq!(page, self::page("The active Region is lost"));
    expect_file!["page.html"].assert_eq(&page);
}
