//! The limits of the service. Everything has one.

use std::time::Duration;

/// What the router allows, and what it shows.
#[derive(Clone, Debug)]
pub struct Options {
    /// The largest body, in bytes.
    pub body_bytes_max: usize,
    /// How long a client may take to send its body.
    pub body_time_max: Duration,
    /// How long a request may take. Shorter than a claim lasts ([`payments::CLAIM_MS`]), so that a
    /// request that is given up never works beside the one that goes on with its key.
    pub request_time_max: Duration,
    /// How many requests about money may be open. One more is refused at once: who waits in a queue
    /// has given up when it is served.
    pub requests_max: usize,
    /// How numbers are shown.
    pub metrics: Exposure,
    /// How what follows an answer is carried out: the intent's note, and [`crate::Region::posted`].
    pub after_answer: AfterAnswer,
}

/// How what follows an answer is carried out. Nothing rests on it, and a client is answered the same
/// whatever comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterAnswer {
    /// Beside the answer, in a task of its own: for a process that goes on.
    Beside,
    /// Before the answer, all of it together: for AWS Lambda, which freezes the process when it has
    /// answered.
    Before {
        /// For how long the answer waits at most; what has not ended then is left out.
        time_max: Duration,
    },
}

/// How numbers are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// They are not.
    Hidden,
    /// At `/metrics`, for Prometheus. It is for the operator's own network.
    Prometheus,
    /// In the log, in CloudWatch's embedded metric format, namespace `Tideover`: `GateOpen` with
    /// every request; with those about money also `Requests`, `ServerErrors`, `ClientErrors` and
    /// `LatencyMs`. Health checks are not among them, because a Region that is passive on purpose
    /// answers them by 503, and because they would hide that nobody pays.
    Emf {
        /// The value of the dimension `Service`.
        service: String,
    },
}

impl Default for Options {
    fn default() -> Self {
        Self {
            body_bytes_max: 64 * 1024,
            body_time_max: Duration::from_secs(2),
            request_time_max: Duration::from_millis(2_500),
            requests_max: 256,
            metrics: Exposure::Hidden,
            after_answer: AfterAnswer::Beside,
        }
    }
}
