//! The endpoints of webhooks on one machine: a file that is read again when it has changed.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use notify::{EndpointSource, Endpoints, NoEndpoints};

use crate::failure::WrongInput;

/// The file, and what it said last.
#[derive(Clone)]
pub(crate) struct WebhookFile(Arc<Mutex<Known>>);

struct Known {
    /// Nothing, when there are no webhooks.
    path: Option<PathBuf>,
    changed_at: Option<SystemTime>,
    endpoints: Arc<Endpoints>,
    /// What is wrong with it now.
    fault: Option<String>,
}

impl WebhookFile {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or has faults: all of them.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let mut known = Known {
            path: path.map(Path::to_owned),
            changed_at: None,
            endpoints: Arc::default(),
            fault: None,
        };
        known.refresh()?;
        Ok(Self(Arc::new(Mutex::new(known))))
    }
}

impl Known {
    /// Takes over what the file says now, if it has changed.
    fn refresh(&mut self) -> anyhow::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let name = path.display();
        let unreadable = |error| anyhow::Error::new(error).context(format!("cannot read `{name}`"));
        let changed_at = fs::metadata(path).and_then(|file| file.modified()).map_err(unreadable)?;
        if self.changed_at == Some(changed_at) {
            return Ok(());
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let endpoints = Endpoints::parse(&text)
            .map_err(|faults| WrongInput::new(format!("`{name}` has faults:\n{faults}")))?;
        (self.changed_at, self.endpoints) = (Some(changed_at), Arc::new(endpoints));
        Ok(())
    }
}

impl EndpointSource for WebhookFile {
    /// While a file that was changed has faults, what it said before counts, and the faults are told once.
    async fn endpoints(&self) -> Result<Arc<Endpoints>, NoEndpoints> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = known.refresh().err().map(|fault| format!("{fault:#}"));
        if let Some(fault) = fault.as_ref().filter(|_| fault != known.fault) {
            // Nobody may be listening any more.
            let _ = writeln!(io::stderr(), "warning: webhooks stay as they were: {fault}");
        }
        known.fault = fault;
        Ok(known.endpoints.clone())
    }
}
