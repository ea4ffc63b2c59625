//! What a server keeps of a password, made here: a server that made it itself would be told the password in a statement.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// How much work each connection is. Thousands of rounds make it costly to try passwords that people choose; one that
/// is made of chance cannot be found by trying, and a Region that takes over makes all of its connections at once.
const ROUNDS: u32 = 1;

/// What PostgreSQL keeps (SCRAM-SHA-256) of a password of ASCII signs, which is made of chance.
pub(super) fn verifier(password: &str) -> String {
    // Two that have the same password are one and the same here.
    let salt = &Sha256::digest(format!("salt of {password}"))[..16];
    let salted = salted(password.as_bytes(), salt, ROUNDS);
    let stored_key = Sha256::digest(keyed(&salted, &[b"Client Key"]));
    let server_key = keyed(&salted, &[b"Server Key"]);
    let [salt, stored, server] =
        [salt, &stored_key, &server_key].map(|bytes| BASE64_STANDARD.encode(bytes));
    format!("SCRAM-SHA-256${ROUNDS}:{salt}${stored}:{server}")
}

/// The function `Hi` of RFC 5802.
fn salted(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut last = keyed(password, &[salt, &1_u32.to_be_bytes()]);
    let mut all = last;
    for _ in 1..rounds {
        last = keyed(password, &[&last]);
        for (sum, byte) in all.iter_mut().zip(last) {
            *sum ^= byte;
        }
    }
    all
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::{keyed, salted, verifier};
    use sha2::{Digest as _, Sha256};

    /// The example of RFC 7677.
    #[test]
    fn keys_are_those_of_the_standard() {
        use base64::Engine as _;
        let base64 = base64::prelude::BASE64_STANDARD;
        let salt = base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let salted = salted(b"pencil", &salt, 4096);
        let server_key = keyed(&salted, &[b"Server Key"]);
        let said: &[u8] = b"n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let signature = base64.encode(keyed(&server_key, &[said]));
        assert_eq!(signature, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        let proof = {
            let client_key = keyed(&salted, &[b"Client Key"]);
            let stored_key = Sha256::digest(client_key);
            let signature = keyed(&stored_key, &[said]);
            let bytes: Vec<u8> = client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
            base64.encode(bytes)
        };
        assert_eq!(proof, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    }

    #[test]
    fn a_verifier_hides_the_password() {
        let text = verifier("secret");
        assert!(text.starts_with("SCRAM-SHA-256$1:") && !text.contains("secret"), "{text}");
        assert_ne!(text, verifier("other"));
    }
}
