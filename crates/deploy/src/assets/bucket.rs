//! A bucket for `object_store`, on the client of `region`, with the credentials of the SDK.

use std::sync::OnceLock;
use std::time::Duration;

use aws::bucket_credentials;
use aws_config::SdkConfig;
use object_store::aws::AmazonS3;
use object_store::{BackoffConfig, Error, RetryConfig};
use region::{BucketSettings, HttpClient, HttpLimits, Reach, Trust};

/// How long an asset may take; packages are large, and lines slow.
const TIME_MAX: Duration = Duration::from_secs(300);

/// A page of what is in a bucket: a thousand versions, whose keys have at most 1,024 bytes, each of them three when it is
/// encoded.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The bucket, as whoever the settings speak for.
pub(super) fn bucket(config: &SdkConfig, name: &str, region: &str) -> Result<AmazonS3, Error> {
    let settings = BucketSettings {
        bucket: name.to_owned(),
        region: region.to_owned(),
        endpoint: config.endpoint_url().map(str::to_owned),
    };
    region::bucket_over(&settings, &client()?, retry(), bucket_credentials(config)?)
}

/// One client for all buckets: reading whom the machine trusts takes a while.
pub(crate) fn client() -> Result<HttpClient, Error> {
    static CLIENT: OnceLock<Result<HttpClient, String>> = OnceLock::new();
    let client = CLIENT.get_or_init(|| {
        let trust = Trust::native().map_err(|error| error.to_string())?;
        let limits = HttpLimits {
            time_max: TIME_MAX,
            body_bytes_max: ANSWER_BYTES_MAX,
            ..HttpLimits::default()
        };
        Ok(HttpClient::new(&trust, Reach::Anywhere, limits))
    });
    client.clone().map_err(|said| Error::Generic { store: "S3", source: said.into() })
}

fn retry() -> RetryConfig {
    let init_backoff = Duration::from_millis(200);
    let backoff = BackoffConfig { init_backoff, ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 8, retry_timeout: Duration::from_secs(180) }
}
