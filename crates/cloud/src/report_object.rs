//! The report of a run as an object in the bucket of a Region, where it replicates to the other.

use std::sync::Arc;
use std::time::Instant;

use aws::bucket_credentials;
use fence::RegionName;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use region::{BucketSettings, Watch, bucket_by};

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
        let credentials = bucket_credentials(config).map_err(|error| error.to_string())?;
        let settings = BucketSettings {
            bucket: self.system.bucket(region, &account.id),
            region: region.as_str().to_owned(),
            endpoint: config.endpoint_url().map(str::to_owned),
        };
        let bucket = bucket_by(&settings, &self.trust, credentials, Some(self.watch(region)));
        let bucket = bucket.map_err(|error| error.to_string())?;
        let put = bucket.put(&Path::from(key), text.into_bytes().into()).await;
        put.map(drop).map_err(|error| error.to_string())
    }

    /// Notes the requests among the calls of the attempt in hand.
    fn watch(&self, region: &RegionName) -> Watch {
        let (calls, region) = (self.calls.clone(), region.clone());
        Arc::new(move || {
            let (calls, began) = (calls.clone(), Instant::now());
            let number = calls.begin(region.as_str(), "S3", "PutObject");
            Box::new(move |answer| {
                let (status, request_id) = answer.unzip();
                calls.end(number, began.elapsed(), status, request_id.flatten());
            })
        })
    }
}
