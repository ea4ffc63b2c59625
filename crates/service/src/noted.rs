//! What is noted of a request that was answered: its line in the log, and what it adds to the
//! numbers.

use payments::{Gate, Gatekeeper, Time};

use crate::emf::{Emf, Metric};
use crate::log::Line;
use crate::options::Exposure;
use crate::ports::Region;
use crate::route::{About, Route};
use crate::state::Service;
use crate::trace::Names;

/// A request that was answered.
pub(crate) struct Noted {
    pub(crate) began: Time,
    pub(crate) method: &'static str,
    pub(crate) route: Route,
    pub(crate) status: u16,
    pub(crate) code: Option<&'static str>,
}

impl Noted {
    /// Adds to the numbers, and writes the line.
    pub(crate) fn write<R: Region>(&self, service: &Service<R>, names: &Names) {
        let shared = service.shared();
        let now = shared.source.now();
        let latency_ms = now.as_ms().saturating_sub(self.began.as_ms());
        let emf = match &shared.options.metrics {
            Exposure::Emf { service: name } => {
                let gate = service.region().gatekeeper().gate();
                Some(Emf { service: name, at: now, metrics: self.metrics(latency_ms, gate) })
            }
            Exposure::Prometheus => {
                let route = self.route.template;
                shared.metrics.answered(route, self.method, self.status, latency_ms);
                None
            }
            Exposure::Hidden => None,
        };
        shared.log.line(&self.line(now, latency_ms, names, emf).json());
    }

    fn line<'l>(
        &self,
        now: Time,
        latency_ms: u64,
        names: &'l Names,
        emf: Option<Emf<'l>>,
    ) -> Line<'l> {
        Line {
            at: Line::at(now),
            level: Line::level(self.status),
            message: "request",
            method: self.method,
            route: self.route.template,
            status: self.status,
            latency_ms,
            request_id: &names.request_id,
            trace_id: &names.trace_id,
            code: self.code,
            emf,
        }
    }

    /// What it adds to the numbers of CloudWatch.
    fn metrics(&self, latency_ms: u64, gate: Gate) -> Vec<Metric> {
        let is_client_error = (400..500).contains(&self.status);
        let of_money = [
            Metric::count("Requests", 1),
            Metric::count("ServerErrors", u64::from(self.status >= 500)),
            Metric::count("ClientErrors", u64::from(is_client_error)),
            Metric::milliseconds("LatencyMs", latency_ms),
        ];
        let of_money = of_money.into_iter().filter(|_| self.route.about == About::Money);
        let is_open = matches!(gate, Gate::Open(_));
        of_money.chain([Metric::state("GateOpen", is_open)]).collect()
    }
}
