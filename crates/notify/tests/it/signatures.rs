//! Signatures, by the vectors of Standard Webhooks, and which secrets are taken.

use std::slice::from_ref;

use notify::{Secret, sign};

use crate::support::SECRET;

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

/// A secret of so many zeros.
fn zeros(bytes: usize) -> String {
    use base64::Engine as _;
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(vec![0; bytes]))
}

fn signed(secrets: &[Secret]) -> String {
    let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
    sign(secrets, id, 1_614_265_330, body)
}

#[test]
fn the_vector_of_the_specification() {
    let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    assert_eq!(signed(&[secret(SECRET)]), expected);
}

#[test]
fn while_a_secret_is_exchanged_both_sign() {
    let (old, new) = (secret(SECRET), secret(&zeros(32)));
    let (by_old, by_new) = (signed(from_ref(&old)), signed(from_ref(&new)));
    assert_ne!(by_old, by_new);
    assert_eq!(signed(&[new, old]), format!("{by_new} {by_old}"));
}

#[test]
fn only_secrets_of_the_specification_are_taken() {
    let taken = [SECRET.to_owned(), zeros(24), zeros(25), zeros(64)];
    let refused = [
        String::new(),
        "whsec_".to_owned(),
        SECRET["whsec_".len()..].to_owned(),
        SECRET.to_uppercase(),
        format!("{SECRET} "),
        format!(" {SECRET}"),
        zeros(23),
        zeros(65),
        // Without its padding, and with bits that stand for nothing.
        zeros(25).trim_end_matches('=').to_owned(),
        zeros(25).replace("AA==", "AB=="),
        SECRET.replace('9', "-"),
    ];
    let is_taken = |text: &String| Secret::parse(text).is_some();
    assert_eq!(taken.iter().find(|text| !is_taken(text)), None);
    assert_eq!(refused.iter().find(|text| is_taken(text)), None);
}

#[test]
fn a_secret_is_not_shown() {
    assert_eq!(format!("{:?}", secret(SECRET)), "Secret(not shown)");
}
