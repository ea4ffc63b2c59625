//! A key of KMS that signs reports and never leaves it: two calls, made without the SDK of KMS.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use aws::{Aws, Unsigned};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use region::{HttpClient, HttpLimits, Reach as Reachable, Trust};
use serde_json::{Value, json};

use crate::by_hand::{ByHand, exchange};

/// For how long one call is waited for.
const LIMIT: Duration = Duration::from_secs(10);

/// Ed25519 over what is sent, not over its digest (KMS Developer Guide, "Key spec reference"): what everybody's tools
/// check. It takes 4,096 bytes at most (KMS API Reference, "Sign").
const ALGORITHM: &str = "ED25519_SHA_512";

/// The ARN of a key of KMS, or of an alias of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsKey {
    arn: String,
    region: String,
}

/// Why a text is no ARN of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no ARN of a KMS key, such as `arn:aws:kms:us-east-2:111122223333:key/…`")]
pub struct NoKmsKey;

/// Why KMS did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("KMS, asked for `{operation}` with `{key}`: {said}")]
pub struct KmsFailure {
    operation: &'static str,
    key: String,
    said: String,
}

impl FromStr for KmsKey {
    type Err = NoKmsKey;

    fn from_str(text: &str) -> Result<Self, NoKmsKey> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _, "kms", region, account, resource] = parts[..] else {
            return Err(NoKmsKey);
        };
        let is_key = resource.starts_with("key/") || resource.starts_with("alias/");
        if !is_key || region.is_empty() || account.is_empty() {
            return Err(NoKmsKey);
        }
        Ok(Self { arn: text.to_owned(), region: region.to_owned() })
    }
}

impl fmt::Display for KmsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

impl KmsKey {
    /// Its Region, whose endpoint is asked.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The public key, as the bytes of SubjectPublicKeyInfo. `aws` says as whom, and `trust` who is believed over HTTPS.
    ///
    /// # Errors
    /// When KMS does not give it.
    pub async fn public_key(&self, aws: &Aws, trust: &Trust) -> Result<Vec<u8>, KmsFailure> {
        let question = json!({"KeyId": self.arn});
        self.ask(aws, trust, "GetPublicKey", question, "PublicKey").await
    }

    /// The Ed25519 signature of these bytes.
    ///
    /// # Errors
    /// When KMS does not sign: the key may be of another kind, or these credentials may not use it.
    pub async fn sign(
        &self,
        aws: &Aws,
        trust: &Trust,
        message: &[u8],
    ) -> Result<Vec<u8>, KmsFailure> {
        let question = json!({
            "KeyId": self.arn,
            "Message": STANDARD.encode(message),
            "MessageType": "RAW",
            "SigningAlgorithm": ALGORITHM,
        });
        self.ask(aws, trust, "Sign", question, "Signature").await
    }

    /// The bytes that an operation answers with in this member.
    async fn ask(
        &self,
        aws: &Aws,
        trust: &Trust,
        operation: &'static str,
        question: Value,
        member: &str,
    ) -> Result<Vec<u8>, KmsFailure> {
        let failure = |said: String| KmsFailure { operation, key: self.arn.clone(), said };
        let (body, target) = (question.to_string(), format!("TrentService.{operation}"));
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &*target)];
        let request = Unsigned {
            service: "kms",
            region: &self.region,
            method: "POST",
            path: "/",
            headers: &headers,
            body: body.as_bytes(),
        };
        let limits = HttpLimits { time_max: LIMIT, ..HttpLimits::default() };
        let http = HttpClient::new(trust, Reachable::Anywhere, limits);
        let by_hand = ByHand { named: ("KMS", operation), request };
        let answer = exchange(aws, &http, &by_hand).await.map_err(failure)?;
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let bytes = said[member].as_str().and_then(|text| STANDARD.decode(text).ok());
        bytes.ok_or_else(|| failure(refusal(answer.status().as_u16(), &said)))
    }
}

/// The code of an error and what goes with it. KMS writes the member of the message in either way.
fn refusal(status: u16, said: &Value) -> String {
    let text = |name: &str| said[name].as_str().map(str::to_owned);
    let code = text("__type").unwrap_or_else(|| "no code".to_owned());
    let message = text("message").or_else(|| text("Message")).unwrap_or_default();
    format!("{code} ({status}): {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arns_of_keys_are_keys() {
        let rows = [
            ("arn:aws:kms:us-east-2:111122223333:key/1234-ab", Some("us-east-2")),
            ("arn:aws:kms:eu-west-1:111122223333:alias/auditor", Some("eu-west-1")),
            ("arn:aws-cn:kms:cn-north-1:1:key/1", Some("cn-north-1")),
            ("arn:aws:kms:us-east-2:111122223333:grant/1", None),
            ("arn:aws:kms::111122223333:key/1", None),
            ("arn:aws:s3:us-east-2:111122223333:key/1", None),
            ("1234-ab", None),
            ("", None),
        ];
        for (text, wanted) in rows {
            let key = text.parse::<KmsKey>().ok();
            let found = key.as_ref().map(KmsKey::region);
            assert_eq!(found, wanted, "{text}");
        }
    }
}
