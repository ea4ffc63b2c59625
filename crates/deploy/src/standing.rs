//! What the control record of a system says to whoever deploys: read before anything is done, and again before each step
//! that changes something, because a run may begin while a deployment is under way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What the control record says, for whoever deploys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none: the system is being deployed for the first time, or is not one that has roles.
    None,
    /// What it says.
    Recorded {
        /// The Region that is active, where one is.
        active: Option<String>,
        /// The Region that is active as the templates suppose.
        home_primary: String,
        /// The run that is open.
        run: Option<String>,
    },
    /// It cannot be read, for this reason.
    Unreadable(String),
}

impl Standing {
    /// Whether a Region takes payments, or may.
    pub(crate) fn is_active(&self) -> bool {
        match self {
            Self::Recorded { active, .. } => active.is_some(),
            // Nobody knows, and it may be.
            Self::Unreadable(_) => true,
            Self::None => false,
        }
    }

    /// Whether this Region takes payments, or may.
    pub(crate) fn is_active_in(&self, region: &str) -> bool {
        match self {
            Self::Recorded { active, .. } => active.as_deref() == Some(region),
            Self::Unreadable(_) => true,
            Self::None => false,
        }
    }

    /// Whether the active Region is another than the templates suppose, or may be.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Recorded { active, home_primary, .. } => active.as_ref() != Some(home_primary),
            Self::Unreadable(_) => true,
            Self::None => false,
        }
    }

    /// Of two systems that are deployed together, what the one says that lets less be done.
    #[must_use]
    pub fn or_stricter(self, other: Self) -> Self {
        if other.strictness() > self.strictness() { other } else { self }
    }

    fn strictness(&self) -> u8 {
        match self {
            Self::Recorded { run: Some(_), .. } => 4,
            Self::Unreadable(_) => 3,
            Self::Recorded { .. } if self.is_away() => 2,
            Self::Recorded { .. } => 1,
            Self::None => 0,
        }
    }
}

type Reading = Pin<Box<dyn Future<Output = Standing> + Send>>;

/// Where the control record is read, each time anew. A clone reads the same one.
#[derive(Clone)]
pub struct Record(Arc<dyn Fn() -> Reading + Send + Sync>);

impl Record {
    /// A record that is read so.
    pub fn read_by<F>(read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Standing> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(read())))
    }

    pub(crate) async fn read(&self) -> Standing {
        (self.0)().await
    }
}

impl From<Standing> for Record {
    /// A record that always says the same.
    fn from(standing: Standing) -> Self {
        Self::read_by(move || std::future::ready(standing.clone()))
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_systems_the_stricter_counts() {
        let recorded = |active: &str, run: Option<&str>| Standing::Recorded {
            active: Some(active.to_owned()),
            home_primary: "us-east-1".to_owned(),
            run: run.map(str::to_owned),
        };
        let in_order = [
            Standing::None,
            recorded("us-east-1", None),
            recorded("us-east-2", None),
            Standing::Unreadable("no answer".to_owned()),
            recorded("us-east-1", Some("r-1")),
        ];
        for (at, one) in in_order.iter().enumerate() {
            for stricter in &in_order[at..] {
                assert_eq!(one.clone().or_stricter(stricter.clone()), *stricter);
                assert_eq!(stricter.clone().or_stricter(one.clone()), *stricter);
            }
        }
    }
}
