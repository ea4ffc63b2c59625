//! A way to the emulator that fails as rules say, and remembers what was asked over it.

mod message;
mod wording;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use self::message::{Message, read_answer, read_question};
use crate::rule::{Asked, Called, Fault, Rule};

/// A way to the emulator, at a port of its own on this machine. It is served by a thread of its own, so that a test needs
/// no runtime for it, and ends with it.
pub struct Way {
    state: Arc<State>,
    address: SocketAddr,
    serving: Option<Serving>,
}

/// Where a way leads.
#[derive(Clone)]
struct Target {
    /// Host and port.
    upstream: String,
    /// What stands before each path there.
    prefix: String,
}

/// Serves until its end is dropped.
struct Serving {
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    target: Mutex<Option<Target>>,
    rules: Mutex<Vec<Rule>>,
    asked: Mutex<Vec<Asked>>,
    faults: Mutex<usize>,
}

impl Way {
    /// A way to this host and port, such as [`Emulator::address`](crate::Emulator::address).
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn to(upstream: &str) -> Self {
        let way = Self::nowhere();
        way.lead(upstream, "");
        way
    }

    /// A way that leads nowhere: what no rule answers is reset.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::at(Ipv4Addr::LOCALHOST)
    }

    /// A way at this address of this machine, which leads nowhere yet.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn at(address: Ipv4Addr) -> Self {
        let listener = std::net::TcpListener::bind((address, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::<State>::default();
        let serving = Some(serve(listener, Arc::clone(&state)));
        Self { state, address, serving }
    }

    /// Has it lead to this host and port from now on, to what stands under a path there, such as a stage of an API.
    pub fn lead(&self, upstream: &str, prefix: &str) {
        let target = Target { upstream: upstream.to_owned(), prefix: prefix.to_owned() };
        *lock(&self.state.target) = Some(target);
    }

    /// Its address, for every service.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What goes wrong from now on; the first rule that is about a request counts.
    pub fn rules(&self, rules: impl IntoIterator<Item = Rule>) {
        *lock(&self.state.rules) = rules.into_iter().collect();
    }

    /// What was asked over it, in order, whatever became of it.
    #[must_use]
    pub fn called(&self) -> Vec<Called> {
        lock(&self.state.asked).iter().map(|asked| asked.called.clone()).collect()
    }

    /// The same with what each request said.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }

    /// How often each was asked.
    #[must_use]
    pub fn counted(&self) -> BTreeMap<Called, usize> {
        let mut counted = BTreeMap::new();
        for called in self.called() {
            *counted.entry(called).or_default() += 1;
        }
        counted
    }

    /// Forgets what was asked, and what went wrong.
    pub fn forget(&self) {
        lock(&self.state.asked).clear();
        *lock(&self.state.faults) = 0;
    }

    /// Waits until something was asked that this is true of.
    ///
    /// # Panics
    /// When it is not asked within a minute.
    pub fn wait_for(&self, is_it: impl Fn(&Called) -> bool) {
        for _ in 0..6_000 {
            if lock(&self.state.asked).iter().any(|asked| is_it(&asked.called)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it was not asked, but {:?}", self.counted());
    }

    /// Waits until something has gone wrong.
    ///
    /// # Panics
    /// When nothing does within a minute.
    pub fn wait_for_fault(&self) {
        for _ in 0..6_000 {
            if *lock(&self.state.faults) > 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nothing went wrong, but {:?} was asked", self.counted());
    }

    /// Closes it: connections are refused, and those that were open end.
    pub fn close(&mut self) {
        if let Some(Serving { end, thread }) = self.serving.take() {
            drop(end);
            thread.join().expect("it served");
        }
    }

    /// Opens it again, at the same address.
    ///
    /// # Panics
    /// When somebody else has taken the port meanwhile.
    pub fn reopen(&mut self) {
        self.close();
        let listener = std::net::TcpListener::bind(self.address).expect("the port is ours");
        self.serving = Some(serve(listener, Arc::clone(&self.state)));
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    fn fault(&self, question: &Message) -> Option<Fault> {
        let called = question.called();
        let fault = lock(&self.rules).iter_mut().find_map(|rule| rule.apply(&called));
        lock(&self.asked).push(Asked { called, body: question.body().to_vec() });
        *lock(&self.faults) += usize::from(fault.is_some());
        fault
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(listener: std::net::TcpListener, state: Arc<State>) -> Serving {
    let (end, ended) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("it is made");
        runtime.block_on(async {
            listener.set_nonblocking(true).expect("it can be");
            let listener = TcpListener::from_std(listener).expect("it is one");
            tokio::select! {
                () = accept(listener, state) => {}
                _ = ended => {}
            }
        });
    });
    Serving { end, thread }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(relay(stream, Arc::clone(&state)));
    }
}

/// Serves the requests of one connection, until one ends it.
async fn relay(mut client: TcpStream, state: Arc<State>) {
    let _ = client.set_nodelay(true);
    while let Some(question) = read_question(&mut client).await {
        let answer = match state.fault(&question) {
            None => forward(&state, &question).await,
            Some(Fault::Delays(time)) => {
                tokio::time::sleep(time).await;
                forward(&state, &question).await
            }
            Some(Fault::Resets) => return reset(&client),
            Some(Fault::LosesAnswer) => {
                forward(&state, &question).await;
                return reset(&client);
            }
            Some(Fault::Hangs) => return std::future::pending().await,
            Some(Fault::HangsWithAnswer) => {
                forward(&state, &question).await;
                return std::future::pending().await;
            }
            Some(Fault::Says(status, code)) => Some(question.error(status, code)),
            Some(Fault::SaysAfter(status, code)) => {
                forward(&state, &question).await;
                Some(question.error(status, code))
            }
            Some(Fault::Answers(status, body)) => Some(question.answer(status, "", &body)),
        };
        let Some(answer) = answer else { return reset(&client) };
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// Ends a connection so that its other end has an error.
fn reset(client: &TcpStream) {
    let _ = client.set_zero_linger();
}

/// Carries a request out, as one that came by TLS, which AWS wants; nothing when nobody is there.
async fn forward(state: &State, question: &Message) -> Option<Vec<u8>> {
    let Target { upstream, prefix } = lock(&state.target).clone()?;
    let mut stream = TcpStream::connect(upstream).await.ok()?;
    stream.write_all(&question.under(&prefix)).await.ok()?;
    read_answer(&mut stream, question.is_head()).await
}

#[cfg(test)]
mod tests;
