//! The renderings: the same in every form, escaped, on their own.

use expect_test::expect_file;
use report::{Known, Report};

use crate::reports::of;
use crate::runs;

/// Elements that have no end.
const VOID: [&str; 1] = ["meta"];

fn failover() -> Report {
    of(&runs::failover(), &runs::known())
}

#[test]
fn json_text_markdown_and_page_of_a_failover() {
    let report = failover();
    expect_file!["golden/failover.json"].assert_eq(&report.json());
    expect_file!["golden/failover.txt"].assert_eq(&report.text());
    expect_file!["golden/failover.md"].assert_eq(&report.markdown());
    // The looks are those of all pages, and change without this.
    let page = report.html();
    let (head, rest) = page.split_once("<style>").expect("a style");
    let (_, body) = rest.split_once("</style>").expect("its end");
    expect_file!["golden/failover.html"].assert_eq(&format!("{head}<style></style>{body}"));
}

#[test]
fn text_and_markdown_of_what_is_hardly_known() {
    let report = of(&runs::waiting(), &Known::default());
    expect_file!["golden/waiting.txt"].assert_eq(&report.text());
    expect_file!["golden/waiting.md"].assert_eq(&report.markdown());
}

/// Every element ends by its own end.
fn check_well_formed(page: &str) {
    let page = page.strip_prefix("<!DOCTYPE html>\n").expect("a page says what it is");
    let mut open = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("`<{piece}` has no end"));
        assert!(!text.contains('>') || open.last() == Some(&"style"), "a bare `>` in `{text}`");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "</{name}> ends something else");
            continue;
        }
        let name = tag.split(' ').next().unwrap_or_default();
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} have no end");
}

#[test]
fn pages_are_well_formed_and_need_nothing_else() {
    for (name, entries) in runs::all() {
        for known in [Known::default(), runs::known()] {
            let page = of(&entries, &known).html();
            check_well_formed(&page);
            for outside in ["<script", "<link", "<img", "@import", "url(", "http://", "https://"] {
                assert!(!page.contains(outside), "{name} has `{outside}`");
            }
        }
    }
}

/// What people typed shows as they typed it, and does nothing.
#[test]
fn what_people_type_is_escaped() {
    let report = of(&runs::waiting(), &Known::default());
    assert!(report.run.reason.contains("<b>strange</b> | fault\nof \u{1b}[31m"));
    assert!(
        report.html().contains("&lt;b&gt;strange&lt;/b&gt; | fault\nof \u{fffd}[31mthe Region")
    );
    assert!(report.markdown().contains(r"&lt;b&gt;strange&lt;/b&gt; \| fault of "));
    assert!(!report.markdown().contains("<b>"));
    assert!(!report.text().contains('\u{1b}'));
    assert!(report.json().contains(r"fault\nof \u001b[31mthe"));
}

#[test]
fn every_form_names_the_json_that_is_signed() {
    let report = failover();
    for form in [report.text(), report.markdown(), report.html()] {
        assert!(form.contains(&report.digest()));
    }
}
