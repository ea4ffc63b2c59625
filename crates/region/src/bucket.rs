//! A bucket of S3 for `object_store`, through our own HTTP client: the crate's default one would bring a second.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Request;
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsCredential, Checksum};
use object_store::client::{
    ClientOptions, HttpClient as StoreClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest,
    HttpResponse, HttpService,
};
use object_store::{BackoffConfig, CredentialProvider, Error, RetryConfig};

use crate::http::{HttpClient, HttpFailure, HttpLimits, Reach, Trust};

/// Which bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketSettings {
    /// Its name.
    pub bucket: String,
    /// The AWS Region that it is in.
    pub region: String,
    /// The address of S3, when it is not the Region's: an emulator's, such as `http://localhost:4566`.
    pub endpoint: Option<String>,
}

/// The bucket, with credentials from what `variable` says of the environment.
pub(crate) fn bucket(
    settings: &BucketSettings,
    trust: &Trust,
    variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
) -> Result<AmazonS3, Error> {
    let limits = HttpLimits { time_max: Duration::from_secs(4), ..HttpLimits::default() };
    let http = HttpClient::new(trust, Reach::Anywhere, limits);
    bucket_over(settings, &http, retry(), Arc::new(Environment(Box::new(variable))))
}

/// The bucket over this client, asked again as often as this, with these credentials.
///
/// # Errors
/// When its settings make no sense.
pub fn bucket_over(
    settings: &BucketSettings,
    http: &HttpClient,
    retry: RetryConfig,
    credentials: Arc<dyn CredentialProvider<Credential = AwsCredential>>,
) -> Result<AmazonS3, Error> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_credentials(credentials)
        // A bucket with object lock takes nothing without one.
        .with_checksum_algorithm(Checksum::SHA256)
        .with_client_options(ClientOptions::new().with_default_content_type("application/json"))
        .with_retry(retry)
        .with_http_connector(Connector(http.clone()));
    if let Some(endpoint) = &settings.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(true);
    }
    builder.build()
}

/// Little: a receipt that is not there is put again by whoever looks at its row next.
fn retry() -> RetryConfig {
    let init_backoff = Duration::from_millis(50);
    let backoff = BackoffConfig { init_backoff, ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 2, retry_timeout: Duration::from_secs(8) }
}

type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Credentials as they are in the environment at the moment.
struct Environment(Box<Variable>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// There are no credentials in the environment.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not set")]
struct NotSet(&'static str);

impl Environment {
    fn credential(&self) -> Result<AwsCredential, NotSet> {
        let value = |name| (self.0)(name).filter(|value| !value.is_empty());
        let required = |name| value(name).ok_or(NotSet(name));
        Ok(AwsCredential {
            key_id: required("AWS_ACCESS_KEY_ID")?,
            secret_key: required("AWS_SECRET_ACCESS_KEY")?,
            token: value("AWS_SESSION_TOKEN"),
        })
    }
}

type BoxFuture<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

// The traits of `object_store` are written with `async_trait`, of which these are the signatures.

impl CredentialProvider for Environment {
    type Credential = AwsCredential;

    fn get_credential<'s, 'f>(&'s self) -> BoxFuture<'f, object_store::Result<Arc<AwsCredential>>>
    where
        's: 'f,
        Self: 'f,
    {
        let credential = self.credential().map(Arc::new);
        Box::pin(std::future::ready(
            credential.map_err(|error| Error::Generic { store: "S3", source: error.into() }),
        ))
    }
}

/// Gives the client to `object_store`.
#[derive(Clone)]
struct Connector(HttpClient);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<StoreClient> {
        Ok(StoreClient::new(self.clone()))
    }
}

impl HttpService for Connector {
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> BoxFuture<'f, Result<HttpResponse, HttpError>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let answer = self.0.exchange(Request::from_parts(head, body)).await;
            Ok(answer.map_err(http_error)?.map(Into::into))
        })
    }
}

/// Whatever is not known to have been sent may have been: `object_store` sends it again only where that does no harm.
fn http_error(failure: HttpFailure) -> HttpError {
    let kind = match failure {
        HttpFailure::NotConnected(_) | HttpFailure::Forbidden => HttpErrorKind::Connect,
        HttpFailure::TimedOut => HttpErrorKind::Timeout,
        HttpFailure::Broken(_) => HttpErrorKind::Interrupted,
        HttpFailure::TooLarge(_) => HttpErrorKind::Decode,
    };
    HttpError::new(kind, failure)
}
