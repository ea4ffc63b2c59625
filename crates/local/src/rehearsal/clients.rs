//! Clients: each wants its payments made, asks again with the same key until it has an answer that
//! stays, and reaches the Region that its resolver remembers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use drill::{Answer, Random, Site, What};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::asked::Asked;
use super::line::{Line, NoReply, site_at};
use super::load::{Load, Wish, Wishes};
use super::notes::Notes;
use super::reply::{answer, strange};
use crate::dns::Resolver;

/// What a client's resolver remembers of DNS.
pub trait Resolve: Send + 'static {
    /// Where the public name leads now; none when no server answers.
    fn resolve(&mut self, name: &str) -> impl Future<Output = Option<Ipv4Addr>> + Send;
}

impl Resolve for Resolver {
    async fn resolve(&mut self, name: &str) -> Option<Ipv4Addr> {
        Self::resolve(self, name).await.ok()
    }
}

/// How a client's resolver treats the time for which an answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It keeps to it.
    Honest,
    /// It keeps answers far longer.
    Sticky,
}

/// What all clients of a drill share.
pub struct Crowd {
    /// How they behave.
    pub load: Load,
    /// The public name of the service.
    pub host: String,
    /// The port of the service in both Regions.
    pub port: u16,
    /// The seed of the drill.
    pub seed: u64,
    /// What they ask.
    pub asked: Asked,
    /// Where they write what they send and hear.
    pub notes: Notes,
}

/// Clients at work.
pub struct Working<R> {
    tasks: JoinSet<Client<R>>,
    enough: watch::Sender<bool>,
}

/// One client.
pub struct Client<R> {
    crowd: Arc<Crowd>,
    names: R,
    keeps_connection: bool,
    doubles: bool,
    wishes: Wishes,
    random: Random,
    line: Option<Line>,
    /// Where it was led last.
    last: Site,
    /// The numbers of what it has asked.
    mine: Vec<u32>,
}

impl<R: Resolve> Working<R> {
    /// All clients begin to pay, each a little after the other.
    pub fn begin(crowd: &Arc<Crowd>, names: impl Fn(Patience) -> R) -> Self {
        let (enough, told) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for number in 0..crowd.load.clients {
            let client = Client::new(Arc::clone(crowd), number, &names);
            tasks.spawn(client.pay(told.clone()));
        }
        Self { tasks, enough }
    }

    /// No client begins another payment; the answer is all of them, when the last has its answers or
    /// this time is over.
    pub async fn end(mut self, limit: Duration) -> Vec<Client<R>> {
        self.enough.send_replace(true);
        gather(&mut self.tasks, limit).await
    }
}

/// Every client asks for everything once more: the answers must be those that it had.
pub async fn ask_again<R: Resolve>(clients: Vec<Client<R>>, limit: Duration) -> Vec<Client<R>> {
    let mut tasks = JoinSet::new();
    for client in clients {
        tasks.spawn(client.ask_again());
    }
    gather(&mut tasks, limit).await
}

async fn gather<R: Resolve>(tasks: &mut JoinSet<Client<R>>, limit: Duration) -> Vec<Client<R>> {
    let until = Instant::now() + limit;
    let mut clients = Vec::new();
    while let Ok(Some(ended)) = tokio::time::timeout_at(until, tasks.join_next()).await {
        clients.push(ended.expect("a client's task does not panic"));
    }
    clients
}

impl<R: Resolve> Client<R> {
    fn new(crowd: Arc<Crowd>, number: u32, names: &impl Fn(Patience) -> R) -> Self {
        let mut random = Random::new(crowd.seed).fork("clients").numbered(u64::from(number));
        let workload = &crowd.load.workload;
        let is_sticky = random.chance(workload.sticky_dns_percent);
        Self {
            names: names(if is_sticky { Patience::Sticky } else { Patience::Honest }),
            keeps_connection: random.chance(workload.kept_connections_percent),
            doubles: random.chance(workload.doubling_percent),
            wishes: Wishes::new(workload, number, crowd.seed),
            random,
            line: None,
            last: Site::Primary,
            mine: Vec::new(),
            crowd,
        }
    }

    /// What it has asked.
    #[must_use]
    pub fn mine(&self) -> &[u32] {
        &self.mine
    }

    async fn pay(mut self, mut enough: watch::Receiver<bool>) -> Self {
        let mut next = Instant::now() + self.cycle();
        loop {
            tokio::select! {
                () = sleep_until(next) => {}
                // Whoever says so may be gone by then.
                _ = enough.wait_for(|enough| *enough) => return self,
            }
            next = (next + self.cycle()).max(Instant::now());
            let payment = self.wishes.payment();
            let number = self.want(payment).await;
            let wanted = self.crowd.asked.wanted(number);
            for refund in self.wishes.refunds(number, &wanted) {
                sleep(self.cycle()).await;
                self.want(refund).await;
            }
        }
    }

    fn cycle(&mut self) -> Duration {
        Duration::from_millis(self.random.within(self.crowd.load.cycle_ms))
    }

    async fn want(&mut self, wish: Wish) -> u32 {
        let number = self.crowd.asked.add(wish);
        self.pursue(number).await;
        number
    }

    async fn ask_again(mut self) -> Self {
        for number in self.mine.clone() {
            self.pursue(number).await;
        }
        self
    }

    /// Sends a request until its answer stays.
    async fn pursue(&mut self, number: u32) {
        for attempt in 1.. {
            let Some(answer) = self.try_once(number, attempt).await else { return };
            let pause = match answer {
                Answer::Acknowledged(_) | Answer::Refused => {
                    return self.crowd.asked.keep(number, answer);
                }
                Answer::Pending => self.crowd.load.pending,
                _ => Duration::from_millis(self.random.within(self.crowd.load.retry_ms)),
            };
            sleep(pause).await;
        }
    }

    /// One try; nothing when there is nothing to ask, because the payment to be refunded was refused.
    async fn try_once(&mut self, number: u32, attempt: u32) -> Option<Answer> {
        self.crowd.asked.request(number, &self.crowd.host)?;
        if !self.mine.contains(&number) {
            self.mine.push(number);
        }
        let to = self.address().await;
        if let (true, Some(to)) = (self.doubles, to) {
            let crowd = Arc::clone(&self.crowd);
            let site = self.last;
            tokio::spawn(
                async move { crowd.exchange(number, attempt, (site, to), &mut None).await },
            );
        }
        let mut line = self.line.take();
        let answer = match to {
            Some(to) => self.crowd.exchange(number, attempt, (self.last, to), &mut line).await,
            None => self.crowd.unreachable(number, attempt, self.last),
        };
        self.line = line.filter(|_| answer != Answer::Silence);
        Some(answer)
    }

    /// Where the next request goes: along the connection that it keeps, or wherever DNS leads.
    async fn address(&mut self) -> Option<SocketAddr> {
        let kept = self.line.as_ref().filter(|line| self.keeps_connection && line.is_open());
        if let Some(line) = kept {
            self.last = line.site;
            return Some(line.to());
        }
        let address = self.names.resolve(&self.crowd.host).await?;
        self.last = site_at(address)?;
        Some(SocketAddr::from((address, self.crowd.port)))
    }
}

impl Crowd {
    /// Sends a request to a Region and waits for what it hears, along this line or a new one.
    async fn exchange(
        &self,
        request: u32,
        attempt: u32,
        (site, to): (Site, SocketAddr),
        line: &mut Option<Line>,
    ) -> Answer {
        self.notes.note(What::Sent { request, attempt, to: site });
        let asking = self.ask(request, (site, to), line);
        let answer = timeout(self.load.deadline, asking).await.unwrap_or(Answer::Silence);
        self.notes.note(What::Told { request, attempt, from: site, answer });
        answer
    }

    async fn ask(
        &self,
        number: u32,
        (site, to): (Site, SocketAddr),
        line: &mut Option<Line>,
    ) -> Answer {
        let Some(request) = self.asked.request(number, &self.host) else { return Answer::TryAgain };
        let mut open = match line.take().filter(|line| line.leads_to(to)) {
            Some(line) => line,
            None => match Line::open(site, to).await {
                Ok(line) => line,
                Err(_) => return Answer::NoConnection,
            },
        };
        match open.ask(request).await {
            Ok(reply) => {
                *line = Some(open).filter(Line::is_open);
                let kind = self.asked.wanted(number).kind;
                if let Some(text) = strange(kind, reply.status, &reply.body) {
                    self.asked.wonder(number, &text);
                }
                answer(kind, reply.status, &reply.body)
            }
            Err(NoReply::NotConnected) => Answer::NoConnection,
            Err(NoReply::Broken) => Answer::Silence,
        }
    }

    /// DNS leads nowhere: the request goes to nobody.
    fn unreachable(&self, request: u32, attempt: u32, site: Site) -> Answer {
        let answer = Answer::NoConnection;
        self.notes.note(What::Sent { request, attempt, to: site });
        self.notes.note(What::Told { request, attempt, from: site, answer });
        answer
    }
}
