//! One Region of AWS: a client for each service, made when it is first needed, at the Region's own endpoints.

use aws::Aws;
use fence::RegionName;
use tokio::sync::OnceCell;

/// Makes the clients of the services, each with what notes its calls.
macro_rules! clients {
    ($($name:ident: $sdk:ident,)+) => {
        /// One Region of AWS.
        pub(crate) struct Site {
            pub(crate) region: RegionName,
            aws: Aws,
            $($name: OnceCell<$sdk::Client>,)+
        }

        impl Site {
            pub(crate) fn new(region: RegionName, aws: Aws) -> Self {
                Self { region, aws, $($name: OnceCell::new(),)+ }
            }

            $(
                pub(crate) async fn $name(&self) -> &$sdk::Client {
                    let make = || async {
                        let mut config = $sdk::config::Builder::from(self.aws.config().await);
                        if let Some(recorder) = self.aws.recorder(self.region.as_str()) {
                            config = config.interceptor(recorder);
                        }
                        $sdk::Client::from_conf(config.build())
                    };
                    self.$name.get_or_init(make).await
                }
            )+
        }
    };
}

clients! {
    apigateway: aws_sdk_apigateway,
    cloudwatch: aws_sdk_cloudwatch,
    lambda: aws_sdk_lambda,
    rds: aws_sdk_rds,
    sfn: aws_sdk_sfn,
    sts: aws_sdk_sts,
}

impl Site {
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }
}
