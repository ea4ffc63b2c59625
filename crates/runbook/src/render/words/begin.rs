//! Words for what is done until no gate of the source is open.

use super::Entry;

pub(super) const CHECK_PRECONDITIONS: Entry = Entry {
    does: "Observes once more what the plan was made from, so that nothing begins on old facts: who writes, whether both \
           clusters are available, and how far the copies are behind. Writes down what DNS answers, and which alarms call \
           nobody.",
    precondition: "Nobody has begun another run since the plan was made.",
    verification: "Every fact still allows the plan; one that does not is named.",
    by_hand: "The control record names {source} as active, in epoch {seen}, without a run that is under way. What \
              else must be so stands at the top of this page.",
    when_it_fails: "Nothing has changed yet. Put right what is named, and make a new plan.",
};

pub(super) const TRIAGE: Entry = Entry {
    does: "Asks what of {source} still answers, to tell a lost Region from a lost service, and writes down how alarms stand \
           and what DNS answers.",
    precondition: "None.",
    verification: "Each question has an answer or ran into its time limit, and it is written down which.",
    by_hand: "When the database of {source} and its control plane answer and only something in front of them is \
              lost, a switchover loses nothing and comes first; give it a short time limit. AWS Health tells what \
              AWS knows of the Region.",
    when_it_fails: "A Region that gives no answer is what a failover is for.",
};

pub(super) const SNAPSHOT_EVIDENCE: Entry = Entry {
    does: "Writes down what is known of the loss before anything changes: how far the database of {target} is \
           behind and when that was seen last, which intents its ledger has not, and where its log ends.",
    precondition: "None.",
    verification: "The journal has the lag in seconds, and the number of intents that are missing, or that they \
                   could not be had.",
    by_hand: "Note the last data point of AuroraGlobalDBRPOLag and of AuroraGlobalDBProgressLag with its time, and \
              the time of the latest commit that {target} has.",
    when_it_fails: "What is not known is shown to those who approve as not known.",
};

pub(super) const APPROVE_LOSS: Entry = Entry {
    does: "Waits until enough people have accepted the estimated loss. Each sees it in seconds and in intents, \
           with what is known of {source} and what else could be done.",
    precondition: "The evidence has been shown to them.",
    verification: "The journal has as many approvals as are needed, each with a name, what was shown, and a time \
                   until which it counts.",
    by_hand: "Ask each of them in writing, with the numbers, and keep the answers with the report of the run. \
              Whoever asks does not approve.",
    when_it_fails: "Nothing has changed yet. Without approval there is no failover: wait for {source}, or ask again \
                    with newer numbers.",
};

pub(super) const CLOSE_EARLIER: Entry = Entry {
    does: "Gives back the run lock of an earlier run that has served its users and only waits for its source.",
    precondition: "The earlier run is past everything that users wait for, and its source is not needed to go on.",
    verification: "The control record names no run.",
    by_hand: "Read the control record: it has no `run_id`.",
    when_it_fails: "Nothing has changed yet. Read the control record: another run may be at work, and it goes first.",
};

pub(super) const BEGIN_RUN: Entry = Entry {
    does: "Takes the run lock and reserves epoch {epoch}, with one conditional write: the state is {state}. From \
           here on no gate of {source} is opened or kept open by a renewal.",
    precondition: "The control record is in epoch {seen}, names {source} as active, and has no run.",
    verification: "The control record is {state} in epoch {epoch}, and names this run.",
    by_hand: "Read the control record.",
    when_it_fails: "When the record names another run, it goes first: find out who drives it. When the store gives \
                    no answer, try its other endpoint; the write may have happened, so read before you write again.",
};

pub(super) const MUTE_ALARMS: Entry = Entry {
    does: "Writes down how alarms stand, and mutes those of {target} that a planned change sets off.",
    precondition: "The run has begun.",
    verification: "The actions of those alarms are disabled.",
    by_hand: "List the alarms and look at `ActionsEnabled`.",
    when_it_fails: "Tell those who are on call that alarms will ring.",
};

pub(super) const STOP_INTAKE: Entry = Entry {
    does: "Turns off event sources and schedules of {source}, so that nothing new is begun there.",
    precondition: "The run has begun: new payments are answered with 503 and `Retry-After`.",
    verification: "Every event source mapping and schedule of {source} is disabled.",
    by_hand: "List the event source mappings: `State` is `Disabled`.",
    when_it_fails: "Try again. What goes on being called finds a closed gate, so that nothing is lost by it; but \
                    the outbox cannot be drained for certain.",
};

pub(super) const STOP_SOURCE: Entry = Entry {
    does: "Turns off what can be turned off in {source}, which may not answer: functions, event sources, the \
           API's stage. It makes the fence quicker to trust and is never needed for it.",
    precondition: "The run has begun.",
    verification: "What answered is turned off; what did not is written down.",
    by_hand: "When {source} answers: reserved concurrency is 0, and the stage's throttle is 0.",
    when_it_fails: "Go on at once: the lease, not this, is what stops {source}.",
};

pub(super) const WAIT_FOR_FENCE: Entry = Entry {
    does: "Revokes the lease of {source} by raising it to epoch {epoch}, and waits until no gate can still be open \
           under the old one: until the last holder's time is over by any clock of the system.",
    precondition: "The control record is {state} in epoch {epoch}.",
    verification: "The lease of {source} is in epoch {epoch}, and its latest `holders_until_ms` plus the clock \
                   bound is past. From here on {source} writes nothing, even if it is alive.",
    by_hand: "Read the lease: its epoch is {epoch}. Then wait until two seconds after the latest time in it, by a \
              clock that is right; twelve seconds after the lease was raised are always enough.",
    when_it_fails: "Do not go on: two Regions might take money at once. Only the store of the control record is \
                    asked here; with one of its replicas lost it answers as long as the other and {witness} do.",
};

pub(super) const DRAIN_OUTBOX: Entry = Entry {
    does: "Lets the outbox of {source} empty. What cannot be told in time goes with the ledger and is told by \
           {target}.",
    precondition: "No new payment is accepted in {source}.",
    verification: "No row of the outbox is open, or the time is over; how many are open is written down.",
    by_hand: "Count the rows of `outbox` that have no `published_at`.",
    when_it_fails: "Rows that are open are replicated, and the worker of {target} carries on.",
};

pub(super) const WAIT_FOR_REPLICATION: Entry = Entry {
    does: "Waits until tables and buckets that replicate by themselves have nothing pending from {source}: ten \
           times the largest delay that was seen of late.",
    precondition: "{source} writes nothing.",
    verification: "The delay of the tables is down, and no byte of the buckets is pending.",
    by_hand: "Look at ReplicationLatency of the session table and at BytesPendingReplication of the bucket.",
    when_it_fails: "Sessions and receipts of the last moments may be missing in {target} until they arrive. Skip it \
                    when that matters less than the time.",
};

pub(super) const RECORD_TAIL: Entry = Entry {
    does: "Writes down where the ledger of {source} ends: the position of its log, whether its books balance, and \
           how many movements it has. The target's ledger is held against it.",
    precondition: "No gate of {source} is open, so that this end is the end.",
    verification: "The journal has position, counts, and no fault of the books.",
    by_hand: "Note what the queries answer.",
    when_it_fails: "Without the end nobody can tell whether anything was lost.",
};
