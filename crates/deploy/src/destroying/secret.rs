//! A secret deleted so that it can be restored for a while; its copies in other Regions go at once.

use aws_sdk_secretsmanager::Client;

use super::named::SECRET_DAYS;
use crate::ask::Trouble;
use crate::assembly::Place;
use crate::site::{Site, question};
use crate::stack::Pauses;

/// Whether a secret is there, and not deleted with a way back.
pub(super) async fn is_there(site: &Site, place: &Place, arn: &str) -> Result<bool, Trouble> {
    let client = Client::new(&site.config(&place.region).await);
    let asked = question("secretsmanager:DescribeSecret", &place.region, arn);
    match site.ask(&asked, || client.describe_secret().secret_id(arn).send()).await {
        Ok(secret) => Ok(secret.deleted_date().is_none()),
        Err(trouble) if trouble.has_code("ResourceNotFoundException") => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

/// Deletes a secret; whether it was there.
pub(super) async fn delete(site: &Site, place: &Place, arn: &str) -> Result<bool, Trouble> {
    let client = Client::new(&site.config(&place.region).await);
    let about = format!("the secret `{arn}`");
    let asked = |action| question(action, &place.region, &about);
    let mut pauses = Pauses::default();
    loop {
        let describe = || client.describe_secret().secret_id(arn).send();
        let secret = match site.ask(&asked("secretsmanager:DescribeSecret"), describe).await {
            Ok(secret) => secret,
            Err(trouble) if trouble.has_code("ResourceNotFoundException") => return Ok(false),
            Err(trouble) => return Err(trouble),
        };
        if secret.deleted_date().is_some() {
            return Ok(false);
        }
        // A secret that has copies cannot be deleted.
        let copies = secret.replication_status().iter();
        let copies: Vec<String> = copies.filter_map(|it| it.region().map(str::to_owned)).collect();
        if copies.is_empty() {
            break;
        }
        let remove = || {
            let remove = client.remove_regions_from_replication().secret_id(arn);
            remove.set_remove_replica_regions(Some(copies.clone())).send()
        };
        site.ask(&asked("secretsmanager:RemoveRegionsFromReplication"), remove).await?;
        pauses.wait().await;
    }
    let days = i64::try_from(SECRET_DAYS).ok();
    let delete = || client.delete_secret().secret_id(arn).set_recovery_window_in_days(days).send();
    site.ask(&asked("secretsmanager:DeleteSecret"), delete).await?;
    Ok(true)
}
