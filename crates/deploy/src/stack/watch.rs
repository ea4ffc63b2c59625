//! What happens to a stack, event by event, until it is over.

use std::collections::BTreeSet;

use super::{Ending, Pauses, Seat};
use crate::ask::Trouble;
use crate::events::Event;
use crate::status::is_over;
use crate::told::Told;

/// What is said of a certificate that AWS would wait for without end.
const WAITS_FOR_DNS: &str = "its certificate waits until that record answers on the Internet. Where the zone is new, its \
     name must be delegated to the zone's name servers, which are the output `NameServers` of its stack. This can be ended \
     and typed again meanwhile";

/// Whether a certificate waits for its record, as CloudFormation tells by showing the record.
fn waits_for_dns(event: &Event) -> bool {
    let is_shown = event.reason.as_deref().is_some_and(|it| it.contains("Content of DNS Record"));
    event.type_name == "AWS::CertificateManager::Certificate" && is_shown
}

impl Seat {
    /// Waits for the end of the operation with this token, or of whichever is going on; tells its events meanwhile.
    pub(crate) async fn watch(
        &self,
        stack_id: &str,
        token: Option<&str>,
    ) -> Result<Ending, Trouble> {
        let mut events: Vec<Event> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pauses = Pauses::default();
        loop {
            let news = self.news(stack_id, token, &seen).await?;
            if !news.is_empty() {
                pauses = Pauses::default();
            }
            for event in news {
                seen.insert(event.id.clone());
                self.site
                    .tell(Told::Happened { stack: self.stack.id.clone(), event: event.clone() });
                if waits_for_dns(&event) {
                    let (stack, what) = (self.stack.id.clone(), WAITS_FOR_DNS.to_owned());
                    self.site.tell(Told::Noted { stack, what });
                }
                events.push(event);
            }
            let last = events.iter().rev().find(|event| event.is_of_stack);
            if let Some(last) = last.filter(|event| is_over(&event.status)) {
                return Ok(Ending { status: last.status.clone(), events });
            }
            pauses.wait().await;
        }
    }

    /// The events of the operation that has ended, without telling them.
    pub(crate) async fn watch_quietly(&self, stack_id: &str) -> Result<Vec<Event>, Trouble> {
        self.news(stack_id, None, &BTreeSet::new()).await
    }

    /// The events of the newest operation that were not seen, oldest first; none while it is not the one that is meant.
    async fn news(
        &self,
        stack_id: &str,
        token: Option<&str>,
        seen: &BTreeSet<String>,
    ) -> Result<Vec<Event>, Trouble> {
        let client = self.client().await?;
        let asked = self.question("cloudformation:DescribeStackEvents");
        let mut news = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let describe = || {
                client
                    .describe_stack_events()
                    .stack_name(stack_id)
                    .set_next_token(next.clone())
                    .send()
            };
            let told = self.site.ask(&asked, describe).await?;
            for event in told.stack_events() {
                let event = Event::of(&self.stack, event);
                if seen.contains(&event.id) {
                    news.reverse();
                    return Ok(news);
                }
                let is_beginning = event.is_beginning();
                let is_meant = token.is_none() || event.token.as_deref() == token;
                news.push(event);
                if is_beginning {
                    news.reverse();
                    return Ok(if is_meant { news } else { Vec::new() });
                }
            }
            next = told.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(Vec::new());
            }
        }
    }
}
