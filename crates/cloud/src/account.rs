//! Whose account it is: asked of STS at a Regional endpoint before anything is written.

use std::time::Duration;

use fence::RegionName;
use runbook::System;

use crate::fault::within;
use crate::site::Site;

/// For how long each Region is asked.
const LIMIT: Duration = Duration::from_secs(5);

/// An account of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: String,
    /// Its partition: `aws`, or that of China or of a government.
    pub partition: String,
    /// The ARN of whoever holds the credentials, as STS says; none where it says none. Names that people type are not
    /// checked by anybody, and this one is.
    pub caller: Option<String>,
}

/// Why nothing is done in an account.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoAccount {
    /// STS answers in neither Region.
    #[error("AWS does not say whose account this is: {0}")]
    Silent(String),
    /// It is another.
    #[error("these are credentials of account {found}, and the system is in {wanted}")]
    Other {
        /// The account of the credentials.
        found: String,
        /// The account of the system.
        wanted: String,
    },
}

impl Account {
    /// The account of these credentials, asked of the first Region that answers.
    pub(crate) async fn ask(sites: &[&Site], wanted: Option<&str>) -> Result<Self, NoAccount> {
        let mut words = Vec::new();
        for site in sites {
            let asked = site.sts().await.get_caller_identity().send();
            match within(LIMIT, asked).await {
                Ok(answer) => {
                    let account = Self::of(answer.account(), answer.arn());
                    return account.ok_or(NoAccount::Silent("no number".to_owned()))?.check(wanted);
                }
                Err(fault) => words.push(format!("{}: {}", site.region, fault.said())),
            }
        }
        Err(NoAccount::Silent(words.join("; ")))
    }

    /// The ARN of a Region's cluster.
    pub(crate) fn cluster_arn(&self, system: &System, region: &RegionName) -> String {
        let Self { id, partition, .. } = self;
        format!("arn:{partition}:rds:{region}:{id}:cluster:{}", system.cluster(region))
    }

    fn of(number: Option<&str>, arn: Option<&str>) -> Option<Self> {
        let partition = arn.and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
        let caller = arn.map(str::to_owned);
        Some(Self { id: number?.to_owned(), partition: partition.to_owned(), caller })
    }

    fn check(self, wanted: Option<&str>) -> Result<Self, NoAccount> {
        match wanted {
            Some(wanted) if wanted != self.id => {
                Err(NoAccount::Other { found: self.id, wanted: wanted.to_owned() })
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sts_says_whose_credentials_they_are() {
        let ann = "arn:aws-cn:sts::111122223333:assumed-role/operators/ann";
        let rows = [
            (Some("111122223333"), Some(ann), Some(("aws-cn", Some(ann)))),
            (Some("111122223333"), None, Some(("aws", None))),
            (None, Some(ann), None),
        ];
        for (number, arn, wanted) in rows {
            let account = Account::of(number, arn);
            let found = account.as_ref().map(|it| (&*it.partition, it.caller.as_deref()));
            assert_eq!(found, wanted);
        }
    }
}
