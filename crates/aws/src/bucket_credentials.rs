//! The credentials that the SDK finds, for `object_store`.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use object_store::aws::AwsCredential;
use object_store::{CredentialProvider, Error};

/// As whom these settings speak, asked anew for each request.
///
/// # Errors
/// When they speak as nobody.
pub fn bucket_credentials(
    config: &SdkConfig,
) -> Result<Arc<dyn CredentialProvider<Credential = AwsCredential>>, Error> {
    let nobody = || generic("there are no credentials");
    Ok(Arc::new(OfSdk(config.credentials_provider().ok_or_else(nobody)?)))
}

fn generic(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Generic { store: "S3", source: source.into() }
}

struct OfSdk(SharedCredentialsProvider);

impl fmt::Debug for OfSdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfSdk")
    }
}

type BoxFuture<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

// The trait of `object_store` is written with `async_trait`, of which this is the signature.
impl CredentialProvider for OfSdk {
    type Credential = AwsCredential;

    fn get_credential<'s, 'f>(&'s self) -> BoxFuture<'f, object_store::Result<Arc<AwsCredential>>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async {
            let found = self.0.provide_credentials().await.map_err(generic)?;
            Ok(Arc::new(AwsCredential {
                key_id: found.access_key_id().to_owned(),
                secret_key: found.secret_access_key().to_owned(),
                token: found.session_token().map(str::to_owned),
            }))
        })
    }
}
