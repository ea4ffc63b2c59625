//! The account that stacks go to: who speaks to it, in which Region, with which role.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws::Aws;
use aws_config::SdkConfig;
use aws_sdk_cloudformation::config::http::HttpResponse;
use aws_sdk_cloudformation::config::timeout::TimeoutConfig;
use aws_sdk_cloudformation::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::Client as Sts;
use tokio::sync::Mutex as AsyncMutex;

use crate::ask::{Patience, Question, Trouble, TroubleKind, ask};
use crate::assembly::{Place, Role as AssumedRole, Stack};
use crate::told::{Failure, Teller, Told};

/// How long making a connection may take: whoever deploys may be far away.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// How long before its end a role is taken anew.
const BEFORE_END: Duration = Duration::from_secs(300);

/// What whoever deploys expects of the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The account.
    pub account: Option<String>,
    /// The Region of stacks whose assembly does not say theirs.
    pub region: Option<String>,
}

/// The account that stacks go to. A clone is the same one.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    aws: Box<dyn Fn(&str) -> Aws + Send + Sync>,
    expected: Expected,
    patience: Patience,
    teller: Box<Teller>,
    regions: Mutex<BTreeMap<String, Aws>>,
    roles: AsyncMutex<BTreeMap<(String, String), Role>>,
}

/// A role that was taken, or not.
struct Role {
    config: SdkConfig,
    ends: Option<SystemTime>,
}

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The account.
    pub account: String,
    /// The partition, such as `aws`.
    pub partition: String,
}

impl Site {
    /// The account that `aws` reaches in each Region; `teller` is told what happens.
    pub fn new(
        aws: impl Fn(&str) -> Aws + Send + Sync + 'static,
        expected: Expected,
        patience: Patience,
        teller: impl Fn(Told) + Send + Sync + 'static,
    ) -> Self {
        let (aws, teller) = (Box::new(aws), Box::new(teller));
        let (regions, roles) = (Mutex::default(), AsyncMutex::default());
        Self(Arc::new(Inner { aws, expected, patience, teller, regions, roles }))
    }

    pub(crate) fn tell(&self, told: Told) {
        (self.0.teller)(told);
    }

    /// The Region of a stack.
    ///
    /// # Errors
    /// When neither the assembly nor the caller says it.
    pub(crate) fn region(&self, stack: &Stack) -> Result<String, Failure> {
        let region = stack.region.clone().or_else(|| self.0.expected.region.clone());
        region.ok_or_else(|| Failure::WrongPlace {
            what: format!("the assembly does not say in which Region `{}` is to be", stack.id),
            advice: "name it: `--region REGION`".to_owned(),
        })
    }

    /// Makes sure that whoever speaks is of the account that is wanted, in every Region that is written to, by asking
    /// each Region's own service.
    ///
    /// # Errors
    /// When it is another, or nobody can be asked.
    pub async fn verify(&self, stacks: &[&Stack]) -> Result<Speaker, Failure> {
        let regions = stacks.iter().map(|stack| self.region(stack));
        let regions = regions.collect::<Result<BTreeSet<String>, Failure>>()?;
        let mut speakers = Vec::new();
        for region in &regions {
            speakers.push(self.speaker(region).await?);
        }
        let speaker = speakers.first().cloned().unwrap_or_else(Speaker::nobody);
        let wanted = stacks
            .iter()
            .filter_map(|stack| Some((stack.account.as_ref()?, format!("`{}` is for", stack.id))));
        let expected =
            self.0.expected.account.iter().map(|account| (account, "`--account` says".to_owned()));
        for (account, who) in expected.chain(wanted) {
            if *account != speaker.account {
                return Err(wrong_account(&speaker.account, account, &who));
            }
        }
        match speakers.iter().zip(&regions).find(|(other, _)| **other != speaker) {
            Some((other, region)) => {
                let who = format!("not so in {region}:");
                Err(wrong_account(&other.account, &speaker.account, &who))
            }
            None => Ok(speaker),
        }
    }

    async fn speaker(&self, region: &str) -> Result<Speaker, Failure> {
        let client = Sts::new(&self.config(region).await);
        let question = question("sts:GetCallerIdentity", region, "whoever you are");
        let told = self.ask(&question, || client.get_caller_identity().send()).await?;
        let partition =
            told.arn().and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws").to_owned();
        let account = told.account().unwrap_or_default().to_owned();
        let is_there = match partition.as_str() {
            "aws-cn" => region.starts_with("cn-"),
            "aws-us-gov" => region.starts_with("us-gov-"),
            _ => !region.starts_with("cn-") && !region.starts_with("us-gov-"),
        };
        if is_there {
            return Ok(Speaker { account, partition });
        }
        let what = format!(
            "the credentials are of the partition `{partition}`, in which there is no {region}"
        );
        Err(Failure::WrongPlace {
            what,
            advice: "use credentials of the partition that the stacks are for".to_owned(),
        })
    }

    /// The settings for a Region, with the caller's own credentials.
    pub(crate) async fn config(&self, region: &str) -> SdkConfig {
        let aws = self.aws(region);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIME)
            .operation_attempt_timeout(self.0.patience.attempt_time);
        aws.config().await.to_builder().timeout_config(timeouts.build()).build()
    }

    fn aws(&self, region: &str) -> Aws {
        let mut regions = self.0.regions.lock().unwrap_or_else(PoisonError::into_inner);
        regions.entry(region.to_owned()).or_insert_with(|| (self.0.aws)(region)).clone()
    }

    /// The settings for a Region, with the credentials of a role. Where it cannot be taken the caller's own are used, as
    /// the CDK does: they are of the same account.
    pub(crate) async fn config_as(
        &self,
        place: &Place,
        role: Option<&AssumedRole>,
    ) -> Result<SdkConfig, Trouble> {
        let own = self.config(&place.region).await;
        let Some(role) = role else { return Ok(own) };
        let external_id = role.external_id.as_ref().map(|id| place.fill(id));
        let mut roles = self.0.roles.lock().await;
        let key = (place.region.clone(), place.fill(&role.arn));
        if let Some(role) = roles.get(&key).filter(|role| role.is_good()) {
            return Ok(role.config.clone());
        }
        let taken = match self.take(&own, &key.0, &key.1, external_id).await {
            Ok(taken) => taken,
            Err(trouble) if matches!(trouble.kind, TroubleKind::Denied | TroubleKind::Refused) => {
                self.tell(Told::WithoutRole { role: key.1.clone(), said: trouble.to_string() });
                Role { config: own, ends: None }
            }
            Err(trouble) => return Err(trouble),
        };
        let config = taken.config.clone();
        roles.insert(key, taken);
        Ok(config)
    }

    async fn take(
        &self,
        own: &SdkConfig,
        region: &str,
        role: &str,
        external_id: Option<String>,
    ) -> Result<Role, Trouble> {
        let client = Sts::new(own);
        let question = question("sts:AssumeRole", region, role);
        let ask = || {
            let assume = client.assume_role().role_arn(role).role_session_name("tideover");
            assume.set_external_id(external_id.clone()).send()
        };
        let taken = self.ask(&question, ask).await?;
        let Some(taken) = taken.credentials else {
            return Ok(Role { config: own.clone(), ends: None });
        };
        let ends = SystemTime::try_from(*taken.expiration()).ok();
        let token = Some(taken.session_token);
        let credentials =
            Credentials::new(taken.access_key_id, taken.secret_access_key, token, ends, "role");
        let config =
            own.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials));
        Ok(Role { config: config.build(), ends })
    }

    /// How long to wait before asking again after so many attempts; none when it was asked often enough.
    pub(crate) fn pause(&self, region: &str, attempts: u32) -> Option<Duration> {
        let random = self.aws(region).random()();
        self.0.patience.pause_after(attempts, random)
    }

    pub(crate) async fn ask<T, E, F>(
        &self,
        question: &Question,
        attempt: impl Fn() -> F,
    ) -> Result<T, Trouble>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let aws = self.aws(&question.region);
        ask(self.0.patience, aws.random(), question, attempt).await
    }
}

impl Role {
    fn is_good(&self) -> bool {
        self.ends.is_none_or(|ends| ends > SystemTime::now() + BEFORE_END)
    }
}

impl Speaker {
    fn nobody() -> Self {
        Self { account: String::new(), partition: "aws".to_owned() }
    }

    /// The place of a stack in this Region.
    pub(crate) fn place(&self, region: &str) -> Place {
        let Self { account, partition } = self.clone();
        Place { partition, account, region: region.to_owned() }
    }
}

pub(crate) fn question(action: &'static str, region: &str, about: &str) -> Question {
    Question { action, region: region.to_owned(), about: about.to_owned() }
}

fn wrong_account(is: &str, wanted: &str, who: &str) -> Failure {
    Failure::WrongPlace {
        what: format!("the credentials are of account {is}, but {who} account {wanted}"),
        advice: format!(
            "use credentials of account {wanted}, such as another AWS_PROFILE; nothing was changed"
        ),
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("expected", &self.0.expected).finish_non_exhaustive()
    }
}
