//! Words for what is done once the lost Region is back.

use super::Entry;

pub(super) const AWAIT_SOURCE: Entry = Entry {
    does: "Waits until {source} answers again. Until then {target} serves without a standby.",
    precondition: "Users are served by {target}.",
    verification: "The database service, the tables and the API of {source} answer.",
    by_hand: "Ask the database service in {source} for its cluster, and `GET /health` at its Regional name.",
    when_it_fails: "It may take days: ask again. When {source} will not come back, make a standby elsewhere.",
};

pub(super) const HOLD_SOURCE: Entry = Entry {
    does: "Keeps {source} closed after its return: its event sources are off, and its old data is changed by \
           nobody.",
    precondition: "{source} answers.",
    verification: "`GET /health/ready` of {source} answers 503, and its event source mappings are disabled.",
    by_hand: "The commands answer so, and the control record names {target} as active.",
    when_it_fails: "Try again. Its gate is closed by the epoch in any case; this keeps everything else quiet.",
};

pub(super) const RESCUE_TAIL: Entry = Entry {
    does: "Keeps the last data of {source}: copies the snapshot that the failover left, and restores it aside, where \
           people read out of it what {target} has not.",
    precondition: "{source} answers, and RDS has rebuilt its cluster as a member (RDS-EVENT-0240 and 0241).",
    verification: "The snapshot is copied under a name that nothing deletes, and a cluster is being restored from it, \
                   which has no instance yet: people make one when they want to read it.",
    by_hand: "Look for a snapshot whose name begins with `rds:unplanned-global-failover-`; copy it before it expires, and \
              restore the copy as a cluster of its own. Then make an instance in it, write down every movement that \
              {target} has not, and delete instance and cluster again. A cluster that was detached left no snapshot: \
              its own data are in the old cluster of {source}, which nothing overwrites.",
    when_it_fails: "Copy the snapshot at least: it expires. Whatever is not read out of it, the processor is asked \
                    about.",
};

pub(super) const SETTLE_MISSING: Entry = Entry {
    does: "Asks the processor about everything in quarantine, corrects the books by what it says, and releases it.",
    precondition: "What could be rescued is written down.",
    verification: "Nothing is in quarantine.",
    by_hand: "Ask the processor about each key in quarantine, and hold its answer against its settlement file. \
              Charged: post it. Not charged, and refused for good: void it. Never charge again.",
    when_it_fails: "What stays in quarantine is money of somebody whom nobody has told yet: name each to those who \
                    answer for the ledger, and try again.",
};

pub(super) const CONVERGE: Entry = Entry {
    does: "Lets tables and buckets converge, and refuses what arrives late and is about money.",
    precondition: "{source} answers and is closed.",
    verification: "Nothing is pending in either direction.",
    by_hand: "Look at ReplicationLatency of the session table and at BytesPendingReplication of both buckets.",
    when_it_fails: "Wait and try again; users do not notice.",
};

pub(super) const RESTORE_PROTECTION: Entry = Entry {
    does: "Waits until {source} is a healthy standby: its database follows, buckets replicate both ways, backups \
           are taken. Then lets its functions run and its API answer again, which the run turned off, and unmutes its \
           alarms if the run that was closed had muted them. After the cluster of {target} was detached nothing follows \
           it: then it is written down what people do.",
    precondition: "What was rescued from {source} is kept elsewhere.",
    verification: "Its member says SynchronizationStatus `connected`, its lag is normal, and a backup is newer \
                   than the failover.",
    by_hand: "Describe the global cluster, and look at AuroraGlobalDBRPOLag for the cluster of {source}.",
    when_it_fails: "{target} goes on serving without a standby: say so, and add a member to the global database \
                    again by deploying the same templates.",
};
