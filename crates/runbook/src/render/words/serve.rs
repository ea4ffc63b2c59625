//! Words for what opens the target and brings users to it.

use super::Entry;

pub(super) const OPEN: Entry = Entry {
    does: "Makes {target} active: the state is ACTIVE in epoch {epoch}, and its gates open.",
    precondition: "The epoch row of the ledger says {epoch}, and everything that is missing is held.",
    verification: "The control record is ACTIVE in epoch {epoch} with {target} as `active_region`.",
    by_hand: "Read the control record. `GET /health/ready` at the Regional name of {target} answers 200 with epoch \
              {epoch} within a few seconds.",
    when_it_fails: "Read the control record: the write may have happened. When the store gives no answer, try its \
                    other endpoint.",
};

pub(super) const START_WORKERS: Entry = Entry {
    does: "Turns on event sources and schedules of {target}, so that its outbox is worked off, and lets its functions run \
           as the templates say: an earlier failover may have turned them off.",
    precondition: "{target} is active.",
    verification: "Every event source mapping and schedule of {target} is enabled, and the reserved concurrency of its \
                   functions is that of the templates.",
    by_hand: "List the event source mappings: `State` is `Enabled`. Look at the reserved concurrency of the functions: \
              none is 0.",
    when_it_fails: "Payments are taken all the same, and told of later. Try again until it is done.",
};

pub(super) const TRY_PAYMENT: Entry = Entry {
    does: "Takes a synthetic payment of the smallest amount by the Regional name of {target}, past DNS. When the answer is \
           429, the stage of the API is opened first, which an earlier failover may have shut.",
    precondition: "{target} is active.",
    verification: "The payment is acknowledged, and is read back as it was sent.",
    by_hand: "Send one with a key of its own; the answer is 201. When it is 429, set the stage's throttle to that of the \
              templates. Where the API asks for IAM, sign the request: `curl --aws-sigv4`.",
    when_it_fails: "Look at `GET /health/ready` of {target}, which says why it takes none. Do not send users there \
                    before it does.",
};

pub(super) const DIRECT_TRAFFIC: Entry = Entry {
    does: "Turns the DNS switch: the control record names {target} as the Region that traffic is meant for. Both \
           Regions say so at `/health/traffic`, and the health checks of Route 53 read it there. No record \
           changes, and no control plane is asked.",
    precondition: "{target} has taken a payment.",
    verification: "The control record says `traffic_region` {target}.",
    by_hand: "Read the control record; `GET /health/traffic` of {target} answers `\"traffic_region\":\"{target}\"`.",
    when_it_fails: "Read the control record: the write may have happened. When the store gives no answer, try its \
                    other endpoint.",
};

pub(super) const CONFIRM_TRAFFIC: Entry = Entry {
    does: "Asks authoritative servers, then resolvers, and watches traffic cross over. {source} goes on answering \
           503 until its share is under 0.1 %, as far as it answers.",
    precondition: "The DNS switch is turned. Health checks need about 30 s, clients the time to live of the \
                   record on top.",
    verification: "The public name has the addresses of {target}, which says that traffic is meant for it.",
    by_hand: "`dig` at an authoritative server of the zone, and then at two public resolvers, answers what the \
              Regional name of {target} answers.",
    when_it_fails: "Users whose resolvers ignore the time to live come later: watch, and try again. When \
                    authoritative servers still answer with {source}, look at the status of the two switch checks.",
};

pub(super) const ASK_PROCESSOR: Entry = Entry {
    does: "Asks the processor about everything in quarantine, and settles what it knows: those who wait are told within \
           minutes, long before {source} is back.",
    precondition: "{target} is active, and everything that is missing is in quarantine.",
    verification: "Nothing is in quarantine, or only what the processor does not answer for.",
    by_hand: "Ask the processor about each key in quarantine. Charged: post it. Not charged, and refused for good: void \
              it. Never charge again.",
    when_it_fails: "Go on: the same is done once more after {source} is back, and then until nothing is left.",
};

pub(super) const STABILIZE: Entry = Entry {
    does: "Looks at capacity, connections and errors of {target}, which carries all traffic now.",
    precondition: "Users are served by {target}.",
    verification: "No alarm of {target} rings that is not explained; what is short is named.",
    by_hand: "Open the dashboard of {target}. Raise what is short: reserved concurrency, instances, quotas. Tell \
              the status page that service is back, and say inside that there is no standby.",
    when_it_fails: "Those on call take over from here.",
};

pub(super) const UNMUTE_ALARMS: Entry = Entry {
    does: "Unmutes the alarms of {target}, if this run has muted them as a switchover before its source was lost, or the \
           run that it closed. Those that people had muted before stay so.",
    precondition: "Users are served.",
    verification: "The actions of the alarms that a run has muted are enabled.",
    by_hand: "List alarms of {target} whose actions are disabled: there is none that nobody wanted so.",
    when_it_fails: "Enable the alarms by hand; nobody must be left with muted alarms.",
};

pub(super) const SWAP_MONITORING: Entry = Entry {
    does: "Unmutes the alarms that the run muted, and sees in which Region lag is measured now, which is the one that \
           follows. Alarms that people had muted before stay so.",
    precondition: "Users are served.",
    verification: "The Region that follows has data points of lag, and the actions of the alarms are enabled.",
    by_hand: "Look for data points of AuroraGlobalDBRPOLag in the Region that follows, and list alarms whose actions \
              are disabled: there is none that nobody wanted so.",
    when_it_fails: "Enable the alarms by hand; nobody must be left with muted alarms.",
};

pub(super) const WRITE_REPORT: Entry = Entry {
    does: "Stores the report of the run and the journal that it is made of: what was done when and by whom, the RTO by \
           phase, the loss, and what became of each payment. Nobody can delete it before its time, and it replicates.",
    precondition: "None.",
    verification: "`report.json`, `report.html` and `journal.jsonl` are in the bucket of {here}.",
    by_hand: "List the folder `runs` of the bucket. Keep a copy outside AWS: `tideover report RUN --out DIR`.",
    when_it_fails: "Everything in it is in the journal, too: write it later.",
};

pub(super) const CLOSE: Entry = Entry {
    does: "Gives the run lock back.",
    precondition: "Traffic goes to the active Region.",
    verification: "The control record is ACTIVE and names no run.",
    by_hand: "Read the control record: it has no `run_id`.",
    when_it_fails: "Read the control record: the write may have happened. An open run harms nobody, but no other \
                    can begin.",
};
