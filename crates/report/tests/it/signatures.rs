//! Signatures: who signed what, and what is wrong when it was somebody else or something else.

use report::{Key, NoKey, NotSigned, PublicKey, verify};

/// RFC 8032, section 7.1, test 3.
const SEED: [u8; 32] = [
    0xc5, 0xaa, 0x8d, 0xf4, 0x3f, 0x9f, 0x83, 0x7b, 0xed, 0xb7, 0x44, 0x2f, 0x31, 0xdc, 0xb7, 0xb1,
    0x66, 0xd3, 0x85, 0x35, 0x07, 0x6f, 0x09, 0x4b, 0x85, 0xce, 0x3a, 0x2e, 0x0b, 0x44, 0x58, 0xf7,
];
const MESSAGE: [u8; 2] = [0xaf, 0x82];
const SIGNATURE: &str = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
                         18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";

/// The same key as OpenSSL writes it.
const PRIVATE_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3\n\
    -----END PRIVATE KEY-----\n";
const PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=\n\
    -----END PUBLIC KEY-----\n";

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn signatures_and_keys_are_those_of_the_standard() {
    let key = Key::from_random(SEED);
    assert_eq!(hexadecimal(&key.sign(&MESSAGE)), SIGNATURE);
    assert_eq!(Key::pem_of(SEED), PRIVATE_PEM);
    assert_eq!(key.public().pem(), PUBLIC_PEM);
    let read = Key::from_pem(PRIVATE_PEM).expect("it is a key");
    assert_eq!(read.sign(&MESSAGE), key.sign(&MESSAGE));
    assert_eq!(PublicKey::from_pem(PUBLIC_PEM), Ok(key.public()));
}

#[test]
fn what_is_signed_is_verified_and_nothing_else_is() {
    let (key, other) = (Key::from_random(SEED), Key::from_random([7; 32]));
    let report = b"{\"format\": \"tideover-report/1\"}".to_vec();
    let signature = key.sign(&report);
    assert_eq!(verify(&report, &signature, &key.public()), Ok(()));
    for at in 0..report.len() {
        let mut changed = report.clone();
        changed[at] ^= 1;
        assert_eq!(verify(&changed, &signature, &key.public()), Err(NotSigned::Other), "{at}");
        assert!(verify(&report[..at], &signature, &key.public()).is_err(), "cut at {at}");
    }
    for at in 0..signature.len() {
        let mut changed = signature;
        changed[at] ^= 1;
        assert!(verify(&report, &changed, &key.public()).is_err(), "{at}");
        assert_eq!(verify(&report, &signature[..at], &key.public()), Err(NotSigned::Length(at)));
    }
    assert_eq!(verify(&report, &signature, &other.public()), Err(NotSigned::Other));
}

#[test]
fn what_is_no_key_is_refused() {
    let public = PublicKey::from_pem;
    assert_eq!(public(PRIVATE_PEM), Err(NoKey::NoPem("PUBLIC KEY")));
    assert_eq!(public(""), Err(NoKey::NoPem("PUBLIC KEY")));
    assert_eq!(public(&PUBLIC_PEM.replace("MCow", "MCox")), Err(NoKey::OtherKind));
    assert_eq!(public(&PUBLIC_PEM.replace("MCow", "!!!!")), Err(NoKey::NoPem("PUBLIC KEY")));
    assert_eq!(public(&PUBLIC_PEM.replace("gCU=", "")), Err(NoKey::OtherKind));
    let private = |text: &str| Key::from_pem(text).map(|_| ());
    assert_eq!(private(PUBLIC_PEM), Err(NoKey::NoPem("PRIVATE KEY")));
    assert_eq!(private(&PRIVATE_PEM.replace("MC4C", "MC4D")), Err(NoKey::OtherKind));
}

/// The bytes of a private key are shown nowhere.
#[test]
fn a_private_key_is_not_shown() {
    let shown = format!("{:?}", Key::from_random(SEED));
    assert!(shown.starts_with("Key { public: PublicKey("), "{shown}");
    let bytes = SEED.map(|byte| byte.to_string()).join(", ");
    assert!(!shown.contains(&bytes[..20]), "{shown}");
}
