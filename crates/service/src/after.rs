//! What follows an answer that is decided: the intent's note, and word to the outbox worker.
//! Courtesies, on which nothing rests.

use std::time::Duration;

use axum::response::Response;
use payments::{Answer, IntentWrite, Intents, Outcome, Telling};
use tokio::time::timeout;

use crate::options::AfterAnswer;
use crate::ports::Region;
use crate::state::Service;

/// What is to follow an answer. It travels with the response from the handler to the envelope, whose
/// time limit must not turn an answer that is decided into another one.
#[derive(Clone, Debug)]
pub(crate) struct After {
    note: Option<Box<IntentWrite>>,
    news: News,
}

/// Whether the outbox has something that it had not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    Posted,
    Nothing,
}

impl After {
    /// What is to follow this answer.
    pub(crate) fn of(answer: &mut Answer) -> Self {
        let news = match answer.outcome {
            Outcome::Acknowledged(_, Telling::First) => News::Posted,
            _ => News::Nothing,
        };
        Self { note: answer.note.take(), news }
    }

    /// Lets it travel with the response.
    pub(crate) fn ride(self, response: &mut Response) {
        if self.note.is_some() || self.news == News::Posted {
            response.extensions_mut().insert(self);
        }
    }
}

/// Carries out what is to follow the answer, in the way that the options say.
pub(crate) async fn follow<R: Region>(service: &Service<R>, answer: &mut Response) {
    let Some(after) = answer.extensions_mut().remove::<After>() else { return };
    let options = &service.shared().options;
    match options.after_answer {
        AfterAnswer::Before { time_max } => carry_out(service, &after, time_max).await,
        AfterAnswer::Beside => {
            let (service, time_max) = (service.clone(), options.request_time_max);
            tokio::spawn(async move { carry_out(&service, &after, time_max).await });
        }
    }
}

/// Nobody hears of what comes of it.
async fn carry_out<R: Region>(service: &Service<R>, after: &After, time_max: Duration) {
    let region = service.region();
    let note = async {
        if let Some(note) = &after.note {
            region.intents().write(note).await;
        }
    };
    let word = async {
        if after.news == News::Posted {
            region.posted().await;
        }
    };
    let _ = timeout(time_max, async { tokio::join!(note, word) }).await;
}
