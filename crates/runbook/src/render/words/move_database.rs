//! Words for what moves the database, and what is done before the target is opened.

use super::Entry;

pub(super) const PASS_POINT_OF_NO_RETURN: Entry = Entry {
    does: "Gives up the way back, in the control record, so that of two operators, one promoting and one turning \
           back, only one goes on.",
    precondition: "It was seen that no gate of {source} is open under an epoch before {epoch}.",
    verification: "The control record says `point_of_no_return` `passed`, in epoch {epoch} and for this run.",
    by_hand: "Read the control record.",
    when_it_fails: "Read the control record. When it says `passed`, it is done. When it is ACTIVE, somebody has \
                    turned back: stop.",
};

pub(super) const SWITCH_DATABASE: Entry = Entry {
    does: "Exchanges writer and reader of the global database, without loss: {target} becomes the writer and \
           {source} follows it.",
    precondition: "The point of no return is passed, both members are available and in the same version.",
    verification: "The global database names the cluster of {target} as its writer, and FailoverState is gone.",
    by_hand: "Describe the global cluster until `IsWriter` is true for the cluster of {target} and no \
              `FailoverState` is shown. The events RDS-EVENT-0181 to 0185 tell how far it is, 0186 and 0187 \
              that it was cancelled or failed.",
    when_it_fails: "Describe the global cluster. When a switchover is under way, wait. When {source} is still the \
                    writer and nothing is under way, nothing was moved: take the way back. When \
                    {source} was lost meanwhile, go on with a failover of the same run.",
};

pub(super) const PROMOTE_DATABASE: Entry = Entry {
    does: "Promotes the cluster of {target}, with the loss that was approved. What {source} had committed and not \
           yet replicated is left behind there.",
    precondition: "The point of no return is passed, and the loss is approved.",
    verification: "The global database names the cluster of {target} as its writer, and FailoverState is gone.",
    by_hand: "Describe the global cluster in {target} until `IsWriter` is true for its cluster. RDS-EVENT-0238 \
              tells that it is done, 0239 that it failed; 0390 and 0391 whether the old writer was fenced in storage.",
    when_it_fails: "When it is refused because of versions, detach the cluster instead, which needs another \
                    approval. When it is under way, wait. Otherwise try again: nothing else makes {target} the \
                    writer.",
};

pub(super) const APPROVE_DETACH: Entry = Entry {
    does: "Waits until enough people have accepted that the cluster of {target} leaves the global database. \
           Afterwards {source} can only come back as a new member.",
    precondition: "Promoting was refused because of versions.",
    verification: "The journal has as many approvals as are needed, none of them older than it may be.",
    by_hand: "Ask each of them in writing, and keep the answers with the report of the run.",
    when_it_fails: "{target} stays closed until somebody decides. Ask again.",
};

pub(super) const DETACH_DATABASE: Entry = Entry {
    does: "Takes the cluster of {target} out of the global database, which makes it a writer of its own.",
    precondition: "Promoting was refused because of versions, and leaving is approved.",
    verification: "The cluster of {target} is a member of no global database and takes writes.",
    by_hand: "Describe the global cluster: the cluster of {target} is not listed. Its status is `available`.",
    when_it_fails: "Try again: nothing else is left that makes {target} a writer.",
};

pub(super) const VERIFY_DATABASE: Entry = Entry {
    does: "Checks that the database of {target} takes writes, has come as far as it should, and that its books \
           balance.",
    precondition: "The database of {target} was made the writer.",
    verification: "It is not in recovery; its position and counts are at least those that were written down; its \
                   books have no fault.",
    by_hand: "The queries below answer `f`, and numbers that are not below those noted before.",
    when_it_fails: "Do not open {target}. When it is still in recovery, wait and try again. When books do not \
                    balance, call whoever answers for the ledger.",
};

pub(super) const RAISE_EPOCH: Entry = Entry {
    does: "Writes epoch {epoch} and {here} into the ledger's epoch row: the first write under it. After it nothing \
           is written under an earlier epoch, whoever was in the middle of it.",
    precondition: "The database of {here} takes writes.",
    verification: "The epoch row says {epoch} and {here}.",
    by_hand: "`SELECT epoch, region FROM dr_epoch` answers {epoch} and {here}.",
    when_it_fails: "Try again: writing it twice is writing it once. When the row has a later epoch, another run has \
                    passed this one: stop.",
};

pub(super) const HOLD_MISSING: Entry = Entry {
    does: "Puts every intent that was accepted before epoch {epoch} and that the ledger of {target} has not into \
           quarantine: asked for again it is answered as pending, and never charged again.",
    precondition: "The epoch row says {epoch}.",
    verification: "No intent from before is missing in the ledger without being in quarantine; how many are is \
                   written down.",
    by_hand: "Compare the intents of the control table with the tables `payments` and `refunds`. Even where this \
              is not done, the service answers what was accepted before the loss and is not in its ledger as \
              pending; what is missing is then found later.",
    when_it_fails: "Try again. The intents are read from the replica in {target}; the lost Region is not needed.",
};
