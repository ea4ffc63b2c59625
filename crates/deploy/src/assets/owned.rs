//! Whose a bucket is, asked before anything is put into it. The name of a bucket is anybody's: where the one that the
//! bootstrap made was deleted, somebody else may have made another under its name, and would get what is put there and
//! say which templates are deployed (aws-cdk #31885).

use aws::{Unsigned, signed};
use aws_config::SdkConfig;
use hyper::StatusCode;

use super::bucket::client;
use crate::ask::{Trouble, TroubleKind};
use crate::assembly::Place;
use crate::site::Site;

/// The header by which S3 refuses whatever is asked of a bucket of another account.
pub(crate) const EXPECTED_OWNER: &str = "x-amz-expected-bucket-owner";

/// Makes sure that a bucket is of the account that is deployed to.
pub(super) async fn check_owner(
    site: &Site,
    place: &Place,
    config: &SdkConfig,
    bucket: &str,
) -> Result<(), Trouble> {
    let mut attempts = 0;
    loop {
        let answer = head(place, config, bucket).await;
        attempts += 1;
        let said = match answer {
            Ok(status) if status.is_success() => return Ok(()),
            Ok(status) if !is_for_now(status) => return Err(refused(place, bucket, status)),
            Ok(status) => status.to_string(),
            Err(said) => said,
        };
        let Some(pause) = site.pause(&place.region, attempts) else {
            return Err(trouble(place, bucket, TroubleKind::Unanswered, said));
        };
        tokio::time::sleep(pause).await;
    }
}

async fn head(place: &Place, config: &SdkConfig, bucket: &str) -> Result<StatusCode, String> {
    let path = format!("/{bucket}");
    let request = Unsigned {
        service: "s3",
        region: &place.region,
        method: "HEAD",
        path: &path,
        headers: &[(EXPECTED_OWNER, &*place.account)],
        body: &[],
    };
    let request = signed(config, &request).await.map_err(|said| said.to_string())?;
    let client = client().map_err(|error| error.to_string())?;
    let answer = client.exchange(request).await.map_err(|failure| failure.to_string())?;
    Ok(answer.status())
}

/// Whether asking again may help.
pub(crate) fn is_for_now(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

fn refused(place: &Place, bucket: &str, status: StatusCode) -> Trouble {
    let account = &place.account;
    let said = match status {
        StatusCode::NOT_FOUND => format!(
            "there is no such bucket; `npx cdk bootstrap aws://{account}/{}` makes it",
            place.region
        ),
        StatusCode::FORBIDDEN => format!(
            "it is not a bucket of account {account}, or `s3:ListBucket` on it is not allowed; nothing was put into it"
        ),
        status => format!("it answers {status} where it was looked for"),
    };
    trouble(place, bucket, TroubleKind::Refused, said)
}

fn trouble(place: &Place, bucket: &str, kind: TroubleKind, said: String) -> Trouble {
    let (region, about) = (place.region.clone(), format!("the bucket `{bucket}`"));
    Trouble { action: "s3:HeadBucket", region, about, kind, code: None, said }
}
