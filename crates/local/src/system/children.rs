//! The child processes of ours: replicas of the strongly consistent store, services, runners.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use drill::{RunStep, Site, What};
use fence::DurationMs;
use hyper::{Request, StatusCode};
use region::{HttpClient, HttpLimits, Reach, Trust};
use std::process::Command;
use tokio::time::{Instant, sleep};

use crate::network::Line;
use crate::place::Place;
use crate::process::{NotStarted, Process};
use crate::system::inner::{Inner, Runner};
use crate::system::objects::bucket_of;
use crate::system::rules::Due;

/// For how long a service may take to answer after its start.
const START_LIMIT: Duration = Duration::from_secs(15);
/// From one look to the next.
const LOOK: Duration = Duration::from_millis(5);

impl Inner {
    /// Starts the replica of a Region, or of the witness.
    pub(crate) async fn start_replica(&self, number: usize) -> Result<(), NotStarted> {
        let place =
            [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness][number];
        let mut command = self.child(&["local", "replica"]);
        command.arg("--number").arg((number + 1).to_string());
        command.arg("--votes").arg(self.addresses.votes[number].to_string());
        command.arg("--log").arg(self.replica_log(number));
        if let Place::Region(site) = place {
            command.arg("--clients").arg(self.addresses.endpoints[number].to_string());
            for peer in [Place::Region(site.other()), Place::Witness] {
                let peer = self.links.end(place, peer, Line::Vote);
                command.arg("--peer").arg(peer.to_string());
            }
        }
        let log = self.directory.join(place.as_str()).join("replica.log");
        let process = self.spawn(place, &format!("{} replica", place.as_str()), command, &log)?;
        self.processes.lock().await.replicas[number] = Some(process);
        Ok(())
    }

    /// Where a replica writes down how it voted.
    pub(crate) fn replica_log(&self, number: usize) -> PathBuf {
        let place =
            [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness][number];
        self.directory.join(place.as_str()).join("votes.log")
    }

    /// Where a Region's service writes its log.
    pub(crate) fn service_log(&self, site: Site) -> PathBuf {
        self.directory_of(site).join("service.log")
    }

    /// Starts a Region's service, and waits until it answers.
    pub(crate) async fn start_service(&self, site: Site) -> io::Result<()> {
        let here = Place::Region(site);
        let listen = self.addresses.services[site as usize];
        let processor = self.links.end(here, Place::Outside, Line::Processor);
        let mut command = self.child(&["serve"]);
        command.arg("--listen").arg(listen.to_string());
        command.arg("--region").arg(site.region());
        command.arg("--data").arg(bucket_of(&self.directory, site));
        command.arg("--processor").arg(format!("http://{processor}"));
        for endpoint in [site, site.other()] {
            let end = self.links.end(here, Place::Region(endpoint), Line::Store);
            command.arg("--store").arg(end.to_string());
        }
        let timing = self.pace.timing;
        let spans = [timing.lease_length, timing.renewal_interval, timing.clock_bound];
        command.arg("--timing").arg(spans.map(|DurationMs(ms)| ms.to_string()).join(","));
        command.env("TIDEOVER_POSTGRES_URL", self.clusters[site as usize].url());
        let name = format!("{} service", site.role());
        let process =
            self.spawn(here, &name, command, &self.service_log(site)).map_err(io::Error::other)?;
        self.processes.lock().await.services[site as usize] = Some(process);
        self.until_it_answers(site).await
    }

    async fn until_it_answers(&self, site: Site) -> io::Result<()> {
        let http = HttpClient::new(&Trust::nobody(), Reach::Anywhere, HttpLimits::default());
        let url = format!("http://{}/health", self.direct.services[site as usize]);
        let until = Instant::now() + START_LIMIT;
        while Instant::now() < until {
            let request = Request::get(&url).body(Bytes::new()).map_err(io::Error::other)?;
            if http.exchange(request).await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return Ok(());
            }
            sleep(LOOK).await;
        }
        let log = self.service_log(site);
        let text =
            format!("the service of the {} does not answer: see `{}`", site.role(), log.display());
        Err(io::Error::new(io::ErrorKind::TimedOut, text))
    }

    /// Starts a runner of a run in the Region that is to be opened; false when nothing runs there.
    pub(crate) async fn start_runner(&self, run: &str, home: Site, rude: bool) -> io::Result<bool> {
        let mut processes = self.processes.lock().await;
        // A fault is there before whoever it kills is looked for among these.
        if self.faults().of_runners(home) != Due::Run {
            return Ok(false);
        }
        processes.runners_started += 1;
        let name = format!("{run}-runner-{}", processes.runners_started);
        let mut command = self.child(&["local", "runner"]);
        command.arg("--socket").arg(self.socket());
        command.args(["--run", run, "--home", home.role(), "--name", &name]);
        if rude {
            command.arg("--takes-over");
        }
        let log = self.directory_of(home).join("runners.log");
        self.note(What::Run { run: run.to_owned(), step: RunStep::Began });
        let place = Place::Region(home);
        let process = self.spawn(place, &name, command, &log).map_err(io::Error::other)?;
        processes.runners.push(Runner { run: run.to_owned(), home, process });
        Ok(true)
    }

    /// Kills the runners of a run.
    pub(crate) async fn kill_runner(&self, run: &str) {
        let processes = self.processes.lock().await;
        for runner in processes.runners.iter().filter(|runner| runner.run == run) {
            if runner.process.has_ended().is_none() {
                self.end(&runner.process).await;
                self.note(What::Run { run: run.to_owned(), step: RunStep::Died });
            }
        }
    }

    /// Whether a runner of the run lives.
    pub(crate) async fn has_runner(&self, run: &str) -> bool {
        let processes = self.processes.lock().await;
        let mut runners = processes.runners.iter();
        runners.any(|runner| runner.run == run && runner.process.has_ended().is_none())
    }

    /// Starts a child in a place that ends with this process.
    fn spawn(
        &self,
        place: Place,
        name: &str,
        command: Command,
        log: &Path,
    ) -> Result<Process, NotStarted> {
        let process = Process::spawn_in(self.network.namespace(place), name, command, log)?;
        if let Err(error) = self.warden.watch(process.pid(), name) {
            self.warn(&format!("nobody would end the {name}: {error}"));
        }
        Ok(process)
    }

    /// Kills a child.
    pub(crate) async fn end(&self, process: &Process) {
        process.kill().await;
        // A warden that is gone has nothing to forget.
        let _ = self.warden.forget(process.pid());
    }

    /// Our own program, as a child.
    fn child(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words);
        command
    }
}
