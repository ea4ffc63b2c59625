//! A bucket for `object_store`, on the client of `region`, with the credentials of the SDK.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::config::{ProvideCredentials as _, SharedCredentialsProvider};
use object_store::aws::{AmazonS3, AwsCredential};
use object_store::{BackoffConfig, CredentialProvider, Error, RetryConfig};
use region::{BucketSettings, HttpClient, HttpLimits, Reach, Trust};

/// How long an asset may take; packages are large, and lines slow.
const TIME_MAX: Duration = Duration::from_secs(300);

/// The bucket, as whoever the settings speak for.
pub(super) fn bucket(config: &SdkConfig, name: &str, region: &str) -> Result<AmazonS3, Error> {
    let settings = BucketSettings {
        bucket: name.to_owned(),
        region: region.to_owned(),
        endpoint: config.endpoint_url().map(str::to_owned),
    };
    let credentials = Provided(config.credentials_provider());
    region::bucket_over(&settings, &client()?, retry(), Arc::new(credentials))
}

/// One client for all buckets: reading whom the machine trusts takes a while.
fn client() -> Result<HttpClient, Error> {
    static CLIENT: OnceLock<Result<HttpClient, String>> = OnceLock::new();
    let client = CLIENT.get_or_init(|| {
        let trust = Trust::native().map_err(|error| error.to_string())?;
        let limits = HttpLimits { time_max: TIME_MAX, ..HttpLimits::default() };
        Ok(HttpClient::new(&trust, Reach::Anywhere, limits))
    });
    client.clone().map_err(|said| Error::Generic { store: "S3", source: said.into() })
}

fn retry() -> RetryConfig {
    let init_backoff = Duration::from_millis(200);
    let backoff = BackoffConfig { init_backoff, ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 8, retry_timeout: Duration::from_secs(180) }
}

/// What the SDK knows of who speaks.
struct Provided(Option<SharedCredentialsProvider>);

impl fmt::Debug for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provided")
    }
}

type BoxFuture<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

// The trait is written with `async_trait`, of which this is the signature.
impl CredentialProvider for Provided {
    type Credential = AwsCredential;

    fn get_credential<'s, 'f>(&'s self) -> BoxFuture<'f, object_store::Result<Arc<AwsCredential>>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let generic = |source| Error::Generic { store: "S3", source };
            let provider =
                self.0.as_ref().ok_or_else(|| generic("there are no credentials".into()))?;
            let known =
                provider.provide_credentials().await.map_err(|error| generic(error.into()))?;
            Ok(Arc::new(AwsCredential {
                key_id: known.access_key_id().to_owned(),
                secret_key: known.secret_access_key().to_owned(),
                token: known.session_token().map(str::to_owned),
            }))
        })
    }
}
