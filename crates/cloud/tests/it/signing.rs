//! Reports signed by a key of KMS: what KMS signs is checked as everybody else checks it.

use aws::{Aws, Calls, Manner, Place};
use cloud::KmsKey;
use emulator::Emulator;
use region::Trust;
use report::{PublicKey, signed_line, verify};

use crate::estate::{ACCOUNT, identity};

#[tokio::test(flavor = "multi_thread")]
async fn kms_signs_the_line_about_a_report() {
    let emulator = Emulator::start();
    let calls = Calls::default();
    let place = Place {
        region: "us-east-2".to_owned(),
        endpoint_url: Some(emulator.url()),
        identity: identity(ACCOUNT),
    };
    let manner = Manner { calls: Some(calls.clone()), ..Manner::default() };
    let (aws, trust) = (Aws::with(place, manner, || 1, |_| {}), Trust::nobody());
    let arn = emulator.signing_key(ACCOUNT, "us-east-2", "ECC_NIST_EDWARDS25519");
    let signer: KmsKey = arn.parse().expect("it is one");
    let public = signer.public_key(&aws, &trust).await.expect("KMS gives it");
    let public = PublicKey::from_der(&public).expect("it is an Ed25519 key");
    // More than KMS signs at once.
    let report = "x".repeat(10_000);
    let line = signed_line("report.json", report.as_bytes());
    let signature = signer.sign(&aws, &trust, line.as_bytes()).await.expect("KMS signs");
    assert_eq!(verify(line.as_bytes(), &signature, &public), Ok(()));
    let noted = calls.take();
    let noted = noted.iter().map(|call| (&*call.operation, call.status, call.request_id.is_some()));
    let wanted = [("GetPublicKey", Some(200), true), ("Sign", Some(200), true)];
    assert_eq!(noted.collect::<Vec<_>>(), wanted);
    // A key of another kind does not sign so, and is named.
    let other = emulator.signing_key(ACCOUNT, "us-east-2", "ECC_NIST_P256");
    let other: KmsKey = other.parse().expect("it is one");
    let refused = other.sign(&aws, &trust, line.as_bytes()).await.expect_err("it does not");
    let said = refused.to_string();
    assert!(said.starts_with(&format!("KMS, asked for `Sign` with `{other}`: ")), "{said}");
    assert!(!said.contains("no code"), "{said}");
}
