//! Answers requests: the router of `service`, one request at a time.

use std::sync::Arc;
use std::time::Duration;

use aws::WakeUp;
use axum::Router;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use region::{Assembled, Wake};
use service::{AfterAnswer, Exposure, Options, Service, Source};
use tokio::sync::OnceCell;
use tower_service::Service as _;

use crate::event::{ApiAnswer, ApiRequest};
use crate::site::{Gate, Money, NoMoney, Site, log};
use crate::start::{self, Boxed};

/// For how long an answer waits for what follows it: an instance may be frozen as soon as it has answered.
const AFTER_ANSWER_MAX: Duration = Duration::from_millis(500);

/// Answers requests until the process ends.
pub(crate) async fn answer(site: Site, wake_up_queue: &str) -> Result<(), Error> {
    let queue = Arc::new(WakeUp::new(&site.aws, wake_up_queue));
    let requests = Arc::new(Requests { site, queue, served: OnceCell::new() });
    let warm = requests.clone();
    start::warm(Box::pin(async move { warm.served().await.gate.renew_if_due().await })).await;
    let handle = move |event: LambdaEvent<ApiRequest>| {
        let requests = requests.clone();
        let answer: Boxed<Result<ApiAnswer, Error>> =
            Box::pin(async move { requests.answer(event.payload).await });
        answer
    };
    lambda_runtime::run(service_fn(handle)).await
}

struct Requests {
    site: Site,
    queue: Arc<WakeUp>,
    served: OnceCell<Served>,
}

/// What answers.
#[derive(Clone)]
struct Served {
    gate: Gate,
    router: Router,
}

impl Requests {
    async fn answer(&self, event: ApiRequest) -> Result<ApiAnswer, Error> {
        start::thaw().await;
        let request = event.into_request()?;
        let Served { gate, mut router } = self.served().await;
        if !is_about_the_process(request.uri().path()) {
            gate.renew_if_due().await;
        }
        Ok(ApiAnswer::of(router.call(request).await?).await)
    }

    /// What answers, made once. Without the ledger's user it is made for this one time, with a ledger that takes no
    /// connection: it knows best what to answer then.
    async fn served(&self) -> Served {
        let made = self
            .served
            .get_or_try_init(|| async { Ok::<_, NoMoney>(self.serve(self.site.money().await?)) });
        match made.await {
            Ok(served) => served.clone(),
            Err(_) => self
                .serve(self.site.money_of("").expect("settings make a pool, whoever the user is")),
        }
    }

    fn serve(&self, money: Money) -> Served {
        let Money { ledger, gate } = money;
        let region = Assembled {
            gatekeeper: gate.clone(),
            intents: self.site.table.clone(),
            books: ledger.clone(),
            ledger,
            health: gate.clone(),
            worker: Bell(self.queue.clone()),
        };
        let options = Options {
            metrics: Exposure::Emf { service: self.site.settings.service.clone() },
            after_answer: AfterAnswer::Before { time_max: AFTER_ANSWER_MAX },
            ..Options::default()
        };
        let service = Service::new(region, Source::system(), log(), options);
        Served { gate, router: service::router(service) }
    }
}

/// Whether a request asks about this process or its interface, which no gate has to do with. `/health/traffic` reads the
/// record itself.
fn is_about_the_process(path: &str) -> bool {
    matches!(path, "/health" | "/health/traffic" | "/openapi.json")
}

/// Wakes the worker through its queue.
struct Bell(Arc<WakeUp>);

impl Wake for Bell {
    async fn wake(&self) {
        // The queue may not take it: the worker looks into the outbox by itself, too.
        let _ = self.0.wake().await;
    }
}
