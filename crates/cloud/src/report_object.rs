//! The report of a run as an object in the bucket of a Region, where it replicates to the other.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use aws_sdk_sts::config::{ProvideCredentials, SharedCredentialsProvider};
use fence::RegionName;
use object_store::aws::AwsCredential;
use object_store::path::Path;
use object_store::{CredentialProvider, Error, ObjectStoreExt as _};
use region::{BucketSettings, bucket_by};

use crate::account::Account;
use crate::reach::Reach;

impl Reach {
    /// Stores what is to be kept of a run, under `runs/<run>/<name>`; what was there before is replaced.
    pub(crate) async fn store(
        &self,
        region: &RegionName,
        account: &Account,
        key: &str,
        text: String,
    ) -> Result<(), String> {
        let config = self.site(region).aws().config().await;
        let provider = config.credentials_provider().ok_or("there are no credentials")?;
        let settings = BucketSettings {
            bucket: self.system.bucket(region, &account.id),
            region: region.as_str().to_owned(),
            endpoint: config.endpoint_url().map(str::to_owned),
        };
        let bucket = bucket_by(&settings, &self.trust, Arc::new(OfSdk(provider)));
        let bucket = bucket.map_err(|error| error.to_string())?;
        let put = bucket.put(&Path::from(key), text.into_bytes().into()).await;
        put.map(drop).map_err(|error| error.to_string())
    }
}

/// The credentials that the SDK finds.
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
            let found = self.0.provide_credentials().await;
            let found =
                found.map_err(|error| Error::Generic { store: "S3", source: error.into() })?;
            Ok(Arc::new(AwsCredential {
                key_id: found.access_key_id().to_owned(),
                secret_key: found.secret_access_key().to_owned(),
                token: found.session_token().map(str::to_owned),
            }))
        })
    }
}
