//! What can be typed to serve a Region on this machine.

use std::net::SocketAddr;
use std::path::PathBuf;

use fence::{DurationMs, Timing};

#[derive(Debug, clap::Args)]
#[command(after_help = SERVE_HELP)]
pub(crate) struct ServeArgs {
    /// Address to serve at; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Folder of the store, the receipts and the simulated processor's book; made when it is not there
    #[arg(long, default_value = "tideover-data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The Region that this machine stands for
    #[arg(long, default_value = "us-east-1", value_name = "REGION")]
    pub(crate) region: String,
    /// Keep the ledger in this PostgreSQL database instead of the embedded store. A URL with a password belongs into the
    /// environment variable TIDEOVER_POSTGRES_URL, because everybody on the machine can read arguments
    #[arg(long, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// Charge through the processor at this URL instead of a simulated one
    #[arg(long, value_name = "URL")]
    pub(crate) processor: Option<String>,
    /// Endpoints that are called back, as JSON; read again when the file changes
    #[arg(long, value_name = "FILE")]
    pub(crate) webhooks: Option<PathBuf>,
    /// Keep intents and control record in the store of two Regions that is at these addresses, this Region's own first;
    /// whoever started this process has made everything ready, and this process ends with its standard input
    #[arg(long, value_name = "ADDRESS", hide = true)]
    pub(crate) store: Vec<SocketAddr>,
    /// How long a lease lasts, how often it is renewed and how far clocks may be apart, in ms
    #[arg(long, value_name = "LEASE,RENEWAL,BOUND", hide = true, value_parser = timing)]
    pub(crate) timing: Option<Timing>,
}

fn timing(text: &str) -> Result<Timing, String> {
    let spans: Result<Vec<u64>, _> = text.split(',').map(str::parse).collect();
    let Ok([lease, renewal, bound]) = spans.as_deref() else {
        return Err("write three numbers of milliseconds, as `10000,3000,2000`".to_owned());
    };
    let timing = Timing {
        lease_length: DurationMs(*lease),
        renewal_interval: DurationMs(*renewal),
        clock_bound: DurationMs(*bound),
    };
    timing.check().map_err(|fault| fault.to_string())?;
    Ok(timing)
}

const SERVE_HELP: &str = "\
Requests are logged to standard output, one line of JSON each. SIGINT and SIGTERM let open requests end.

Examples:
  tideover serve
  TIDEOVER_POSTGRES_URL=postgresql://payment@127.0.0.1/payments tideover serve
  curl -H 'Idempotency-Key: 1' -H 'Content-Type: application/json' http://127.0.0.1:8080/payments \\
    -d '{\"account\":\"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD\",\"amount\":1234,\"currency\":\"USD\",\"token\":\"tok_visa_abcdefgh\"}'

Cards that the simulated processor treats in a special way begin with tok_decline_, tok_timeout_, tok_late_,
tok_twice_, tok_refuse_ or tok_pending_.
";

#[derive(Debug, clap::Args)]
pub(crate) struct ProcessorArgs {
    /// Address to serve at; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8081", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// File of what it has charged, so that it charges nothing twice when it is started again
    #[arg(long, default_value = "tideover-processor.jsonl", value_name = "FILE")]
    pub(crate) book: PathBuf,
    /// How long after the first question about a key that it has not seen it refuses the key for good, as few
    /// processors do; never, unless given
    #[arg(long, value_name = "SECONDS")]
    pub(crate) closes_unseen: Option<u64>,
}
