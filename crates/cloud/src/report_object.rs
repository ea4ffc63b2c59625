//! What is kept of a run as objects in the bucket of a Region: they replicate to the other, and nobody can delete them
//! before their time (rule `ops-report-in-two-places`).

use aws::Unsigned;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use fence::{DurationMs, Millis, RegionName};
use hyper::{Response, StatusCode};
use payments::{Time, rfc3339};
use runbook::KeptNote;
use sha2::{Digest as _, Sha256};

use crate::account::Account;
use crate::by_hand::{ByHand, exchange};
use crate::reach::Reach;

/// For how long an object is locked: a year, as PCI DSS 4.0 (requirement 10.5.1) asks of audit trails. Whoever must keep
/// them longer can lengthen that, and nobody can shorten it without the right to bypass governance, which no role has.
const LOCKED: DurationMs = DurationMs(366 * 24 * 60 * 60 * 1_000);

/// What S3 says of a lock where the bucket has none (S3 User Guide, "Object Lock considerations").
const NO_LOCK: &str = "Bucket is missing";

/// A file to be kept.
pub(crate) struct Kept {
    /// Its name, under `runs/<run>`.
    pub(crate) name: String,
    /// Its type, as browsers know it.
    pub(crate) media_type: &'static str,
    pub(crate) text: String,
}

impl Reach {
    /// Stores a file of a run; what was there before stays there as an older version.
    ///
    /// # Errors
    /// In the words of whoever did not take it.
    pub(crate) async fn store(
        &self,
        region: &RegionName,
        account: &Account,
        run: &str,
        kept: &Kept,
        now: Millis,
    ) -> Result<KeptNote, String> {
        let bucket = self.system.bucket(region, &account.id);
        let path = format!("{bucket}/runs/{run}/{}", kept.name);
        let digest = Sha256::digest(&kept.text);
        let until = now.plus(LOCKED);
        let lock = rfc3339(Time::from_ms(until.0));
        let locked = [
            ("x-amz-object-lock-mode", "GOVERNANCE"),
            ("x-amz-object-lock-retain-until-date", &*lock),
        ];
        let put = self.put(region, &path, kept, &STANDARD.encode(digest), &locked).await?;
        // A bucket that was deployed before buckets were locked takes what is not locked. That is told.
        let is_unlocked = put.status() == StatusCode::BAD_REQUEST
            && String::from_utf8_lossy(put.body()).contains(NO_LOCK);
        let put = match is_unlocked {
            true => self.put(region, &path, kept, &STANDARD.encode(digest), &[]).await?,
            false => put,
        };
        if !put.status().is_success() {
            return Err(refusal(&path, &put));
        }
        Ok(KeptNote {
            place: format!("s3://{path}"),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            locked_until: (!is_unlocked).then_some(until),
        })
    }

    async fn put(
        &self,
        region: &RegionName,
        path: &str,
        kept: &Kept,
        checksum: &str,
        lock: &[(&str, &str)],
    ) -> Result<Response<Bytes>, String> {
        let aws = self.site(region).aws();
        let path = format!("/{path}");
        let mut headers =
            vec![("content-type", kept.media_type), ("x-amz-checksum-sha256", checksum)];
        headers.extend(lock);
        let request = Unsigned {
            service: "s3",
            region: region.as_str(),
            method: "PUT",
            path: &path,
            headers: &headers,
            body: kept.text.as_bytes(),
        };
        exchange(aws, &self.http, &ByHand { named: ("S3", "PutObject"), request }).await
    }
}

/// What S3 says when it takes nothing: the code and the message of its XML.
fn refusal(path: &str, answer: &Response<Bytes>) -> String {
    let text = String::from_utf8_lossy(answer.body());
    let inside = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    let code = inside("Code").unwrap_or_default();
    let message = inside("Message").unwrap_or_default();
    format!("s3://{path}: {code} ({}): {message}", answer.status().as_u16())
}
