//! Idempotency keys, their scopes, and fingerprints of requests.

use std::collections::BTreeSet;

use payments::{Given, IdempotencyKey, KeyFault, PaymentDraft, Request, Scope, ScopedKey};

use crate::support::{account, draft, payment};
use crate::table::{check, name};

fn parsed(field: &str) -> Result<IdempotencyKey, KeyFault> {
    let field = field.replace("\\t", "\t").replace("(e)", "é");
    IdempotencyKey::parse(Some(field.as_str()).filter(|field| *field != "(none)"))
}

#[test]
fn key_fields() {
    check::<2>(
        r#"
        (none)                                 | missing
                                               | empty
        ""                                     | empty
        "                                      | notastring
        "a                                     | notastring
        "a"b                                   | notastring
        "a";p=1                                | notastring
        "a", "b"                               | notastring
        "a\n"                                  | notastring
        "a\"                                   | notastring
        "a\\\""                                | read
        "a b"                                  | read
        a b                                    | characters
        a, b                                   | characters
        a"b                                    | characters
        (e)                                    | characters
        "(e)"                                  | characters
        "a\tb"                                 | characters
        8e03978e-40d5-43dd-bc93-6894a57f9324   | read
        "8e03978e-40d5-43dd-bc93-6894a57f9324" | read
        a/b+c=,d:e;f                           | read
        "#,
        |[field, _]| match parsed(field) {
            Ok(_) => "read".to_owned(),
            Err(fault) => name(fault),
        },
    );
}

#[test]
fn quotes_and_surrounding_space_are_not_of_the_key() {
    let same = [r#"a"#, r#""a""#, r#"  a "#, "\t\"a\""];
    for field in same {
        assert_eq!(IdempotencyKey::parse(Some(field)), parsed("a"), "{field}");
    }
    assert_ne!(parsed(r#""a ""#), parsed("a"));
    assert_ne!(parsed("A"), parsed("a"));
    assert_eq!(parsed(r#""a\\b""#), parsed(r"a\b"));
}

#[test]
fn keys_have_at_most_255_characters() {
    let long = "k".repeat(255);
    assert!(parsed(&long).is_ok());
    assert!(parsed(&format!("\"{long}\"")).is_ok());
    assert_eq!(parsed(&format!("{long}k")), Err(KeyFault::TooLong));
    assert_eq!(parsed(&format!("\"{long}k\"")), Err(KeyFault::TooLong));
}

#[test]
fn a_key_counts_in_its_scope_only() {
    let scopes = [
        Scope::PaymentsOf(account(1)),
        Scope::PaymentsOf(account(2)),
        Scope::RefundsOf(payment(1)),
        Scope::RefundsOf(payment(2)),
    ];
    let keys = ["a", "b"].map(|key| parsed(key).unwrap());
    let scoped = scopes.iter().flat_map(|scope| keys.iter().map(|key| ScopedKey::new(*scope, key)));
    assert_eq!(scoped.collect::<BTreeSet<_>>().len(), 8);
}

#[test]
fn a_digest_comes_back_from_its_bytes() {
    let key = ScopedKey::new(Scope::PaymentsOf(account(1)), &parsed("a").unwrap());
    assert_eq!(ScopedKey::from_bytes(*key.as_bytes()), key);
    assert!(key.to_string().bytes().all(|byte| (b'a'..=b'p').contains(&byte)));
    assert_eq!(key.to_string().len(), 64);
}

fn fingerprint(draft: PaymentDraft) -> String {
    Request::Payment(draft.check().unwrap()).fingerprint().to_string()
}

#[test]
fn every_field_is_in_the_fingerprint() {
    let text = |text: &str| Given::Value(text.to_owned());
    let metadata = |entries: &[(&str, &str)]| {
        Given::Value(entries.iter().map(|(key, value)| ((*key).to_owned(), text(value))).collect())
    };
    let drafts = [
        draft(100),
        draft(101),
        PaymentDraft { account: Given::Value(account(2).to_string()), ..draft(100) },
        PaymentDraft { currency: text("USD"), ..draft(100) },
        PaymentDraft { token: text("tok_visa_abcdeg"), ..draft(100) },
        PaymentDraft { description: text(""), ..draft(100) },
        PaymentDraft { description: text("-"), ..draft(100) },
        PaymentDraft { metadata: metadata(&[("a", "b")]), ..draft(100) },
        PaymentDraft { metadata: metadata(&[("a", "c")]), ..draft(100) },
        PaymentDraft { metadata: metadata(&[("a", "b"), ("c", "d")]), ..draft(100) },
        PaymentDraft { metadata: metadata(&[("a", "bc"), ("d", "")]), ..draft(100) },
        PaymentDraft { metadata: metadata(&[("ab", "c"), ("d", "")]), ..draft(100) },
    ];
    let count = drafts.len();
    let different: BTreeSet<String> = drafts.into_iter().map(fingerprint).collect();
    assert_eq!(different.len(), count);
    let empty = PaymentDraft { metadata: metadata(&[]), ..draft(100) };
    assert_eq!(fingerprint(empty), fingerprint(draft(100)));
}
