//! Pages of the rules.

use checks::output::{Colour, explain, index, page};
use checks::rules;
use expect_test::expect;

use crate::sample;

#[test]
fn a_rule_is_explained() {
    let text = explain(sample::NAMES, Colour::Plain).expect("a rule");
    let facts: String = text.lines().take(6).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        aurora-unique-cluster-names
          severity       error
          what it costs  At deployment the pair is refused, or a deployment harms it
          rests on       the vendor's documentation
          judged in      both Regions together

    "#]]
    .assert_eq(&facts);
    let text = explain(sample::NAMES, Colour::Ansi).expect("a rule");
    assert!(text.contains("\n\u{1b}[1mWhy it hurts\u{1b}[0m\n"), "{text}");
}

#[test]
fn every_rule_is_explained_in_lines_of_a_terminal() {
    for rule in rules::all() {
        let text = explain(rule.code, Colour::Plain).expect("a rule");
        for heading in ["What is checked", "Why it hurts", "What to change", "Source"] {
            assert!(text.contains(&format!("\n{heading}\n")), "{}: no `{heading}`", rule.code);
        }
        for line in text.lines().filter(|line| !line.starts_with("    ") && !line.starts_with('|'))
        {
            let is_one_word = line.split_whitespace().count() <= 2;
            assert!(line.chars().count() <= 100 || is_one_word, "{}: {line}", rule.code);
        }
    }
}

#[test]
fn every_rule_has_a_page() {
    for rule in rules::all() {
        let page = page(rule);
        let mut lines = page.lines();
        assert!(lines.next().is_some_and(|line| line.starts_with("<!-- Generated")), "{page}");
        assert!(page.contains(&format!("\n# `{}`\n", rule.code)), "{page}");
        assert!(page.contains(&format!("\n| severity | {} |\n", rule.severity)), "{page}");
        assert!(page.lines().all(|line| line == line.trim_end()), "{page}");
    }
}

#[test]
fn every_rule_is_in_the_table() {
    let index = index();
    for rule in rules::all() {
        let row = format!(
            "\n| [`{0}`]({0}.md) | {1} | {2} | ",
            rule.code,
            rule.severity,
            rule.consequence.word()
        );
        assert!(index.contains(&row), "{}", rule.code);
    }
    for rule in rules::run_time() {
        assert!(
            index.contains(&format!("\n| `{}` | {} | ", rule.code, rule.severity)),
            "{}",
            rule.code
        );
        let text = explain(rule.code, Colour::Plain).expect("a rule");
        assert!(text.contains("How it is checked\n"), "{text}");
    }
    let cells = index.lines().filter(|line| line.starts_with('|'));
    assert!(cells.clone().count() >= rules::all().count() + rules::run_time().count() + 4);
    for row in cells {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
    }
}

#[test]
fn an_unknown_rule_has_a_hint() {
    let told = |code: &str| explain(code, Colour::Plain).expect_err("a fault").to_string();
    expect!["no rule has the code `aurora-global-memory-klass`; did you mean `aurora-global-memory-class`?"].assert_eq(&told("aurora-global-memory-klass"));
    expect![[r#"no rule has the code `quite-another\u{1b}`"#]]
        .assert_eq(&told("quite-another\u{1b}"));
}
