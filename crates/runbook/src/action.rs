//! What a plan is made of: one action, and what is declared of it before anything is done.

use std::fmt;

use fence::{DurationMs, RegionName};

/// Makes the closed set of actions with the words that people, journals and state machines use.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What is done, as a closed set. A name occurs at most once in a plan's way forward, and at
        /// most once in its way back.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ActionName { $($(#[$doc])* $name,)+ }

        impl ActionName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name in journals and commands.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

actions! {
    /// Observes again what the plan was made from.
    CheckPreconditions = "check-preconditions",
    /// Asks what of the source still answers, to tell a lost Region from a lost service.
    Triage = "triage",
    /// Writes down lag, positions and intents before anything changes.
    SnapshotEvidence = "snapshot-evidence",
    /// Waits for people to accept the estimated loss.
    ApproveLoss = "approve-loss",
    /// Gives back the run lock of an earlier run that still waits for its source.
    CloseEarlier = "close-earlier",
    /// Takes the run lock, reserves the next epoch, and drains or fences.
    BeginRun = "begin-run",
    /// Mutes the alarms that a planned change sets off.
    MuteAlarms = "mute-alarms",
    /// Turns off event sources and schedules of a source that answers.
    StopIntake = "stop-intake",
    /// Turns off what can be turned off in a source that may not answer.
    StopSource = "stop-source",
    /// Revokes the source's lease and waits until no gate of it can be open.
    WaitForFence = "wait-for-fence",
    /// Lets the source's outbox empty; what is left goes with the ledger.
    DrainOutbox = "drain-outbox",
    /// Waits until tables and buckets have replicated.
    WaitForReplication = "wait-for-replication",
    /// Records the source's last position, the state of its books and its counts.
    RecordTail = "record-tail",
    /// Gives up the way back.
    PassPointOfNoReturn = "pass-point-of-no-return",
    /// Exchanges writer and reader without loss.
    SwitchDatabase = "switch-database",
    /// Promotes the target's database, with the loss that was approved.
    PromoteDatabase = "promote-database",
    /// Waits for people to accept that the target's database leaves the global one.
    ApproveDetach = "approve-detach",
    /// Detaches and promotes the target's database, when promoting it was refused.
    DetachDatabase = "detach-database",
    /// Checks that the target's database takes writes, has come far enough and is whole.
    VerifyDatabase = "verify-database",
    /// Writes the run's epoch into the ledger that is to be opened: its first write.
    RaiseEpoch = "raise-epoch",
    /// Puts every intent that the ledger has not into quarantine.
    HoldMissing = "hold-missing",
    /// Makes the target active.
    Open = "open",
    /// Turns on event sources and schedules of the target.
    StartWorkers = "start-workers",
    /// Takes a synthetic payment by the target's Regional name.
    TryPayment = "try-payment",
    /// Turns the DNS switch.
    DirectTraffic = "direct-traffic",
    /// Asks authoritative servers and resolvers, and watches traffic cross over.
    ConfirmTraffic = "confirm-traffic",
    /// Looks at capacity, connections and errors of a Region that carries all.
    Stabilize = "stabilize",
    /// Asks the processor about everything in quarantine at once, and settles what it knows: nobody
    /// waits for the source to be told what became of a payment.
    AskProcessor = "ask-processor",
    /// Unmutes the alarms that an earlier part of the run muted, or the run that it closed.
    UnmuteAlarms = "unmute-alarms",
    /// Exchanges the monitoring roles and unmutes the alarms.
    SwapMonitoring = "swap-monitoring",
    /// Stores the report of the run.
    WriteReport = "write-report",
    /// Waits until the source answers again.
    AwaitSource = "await-source",
    /// Keeps the returned source closed.
    HoldSource = "hold-source",
    /// Keeps the returned source's last data, and restores it aside for people to read.
    RescueTail = "rescue-tail",
    /// Asks the processor about everything in quarantine, corrects the books and releases it.
    SettleMissing = "settle-missing",
    /// Lets tables and buckets converge.
    Converge = "converge",
    /// Waits until the source is a healthy standby.
    RestoreProtection = "restore-protection",
    /// Gives the run lock back.
    Close = "close",
    /// Checks that the source's database is still the writer, and that no change of that is under
    /// way: the source is reopened on the strength of it.
    ConfirmWriter = "confirm-writer",
    /// Makes the source active again, under the reserved epoch.
    Abort = "abort",
    /// Turns on again what was turned off in the source.
    ReopenSource = "reopen-source",
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The phase of a run that an action belongs to; also the parts of the RTO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Before anything is changed.
    Decide,
    /// Until no gate of the source is open.
    Fence,
    /// The database changes hands.
    Promote,
    /// The target's database is checked and what is missing is held; ends with the target open.
    Verify,
    /// Traffic goes to the target.
    Route,
    /// After the users are served: numbers, reports.
    Stabilize,
    /// After the source has come back.
    Restore,
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Fence => "fence",
            Self::Promote => "promote",
            Self::Verify => "verify",
            Self::Route => "route",
            Self::Stabilize => "stabilize",
            Self::Restore => "restore",
        }
    }
}

/// Which part of the system an action acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The Region that was active.
    Source,
    /// The Region that is to be.
    Target,
    /// What belongs to neither: the strongly consistent store, DNS, people.
    Global,
}

impl Side {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
            Self::Global => "global",
        }
    }
}

/// One action of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What is done.
    pub name: ActionName,
    /// Its phase.
    pub stage: Stage,
    /// What it acts on.
    pub side: Side,
    /// The Region that its calls go to.
    pub region: RegionName,
    /// What it calls.
    pub calls: Vec<Call>,
    /// How long one attempt may take.
    pub time_limit: DurationMs,
    /// How often it is attempted.
    pub retry: Retry,
    /// What happens when all attempts failed.
    pub on_failure: OnFailure,
    /// Whether a person may skip it.
    pub is_skippable: bool,
    /// When it is due at all.
    pub condition: Condition,
    /// How many people must approve; 0 for what machines do.
    pub approvers: u32,
}

impl Action {
    /// Whether the run does not go on without it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.on_failure != OnFailure::GoOn
    }
}

/// A call that an action makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service.
    pub service: Service,
    /// The operation, in the service's words.
    pub api: &'static str,
    /// Its plane.
    pub plane: Plane,
    /// The Region whose endpoint is asked.
    pub region: RegionName,
}

/// A service that actions call. No plan calls those whose control plane lives in one Region only;
/// they have a name here so that a plan which does is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the services'")]
pub enum Service {
    ApiGateway,
    CloudFront,
    CloudWatch,
    Dns,
    DynamoDb,
    EventBridgeScheduler,
    Https,
    Iam,
    Lambda,
    Ledger,
    Rds,
    Route53,
    S3,
    StepFunctions,
}

impl Service {
    /// The name that people know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiGateway => "API Gateway",
            Self::CloudFront => "CloudFront",
            Self::CloudWatch => "CloudWatch",
            Self::Dns => "DNS",
            Self::DynamoDb => "DynamoDB",
            Self::EventBridgeScheduler => "EventBridge Scheduler",
            Self::Https => "HTTPS",
            Self::Iam => "IAM",
            Self::Lambda => "Lambda",
            Self::Ledger => "ledger",
            Self::Rds => "RDS",
            Self::Route53 => "Route 53",
            Self::S3 => "S3",
            Self::StepFunctions => "Step Functions",
        }
    }
}

/// Whether a call keeps working while a Region's control planes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plane {
    /// Reads and writes of what exists.
    Data,
    /// Changes of what exists.
    Control,
}

impl Plane {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Control => "control",
        }
    }
}

/// How often an action is attempted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts, the first included; at least 1.
    pub attempts_max: u32,
    /// The pause between two.
    pub interval: DurationMs,
}

/// What happens when all attempts of an action failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Best effort: the run goes on.
    GoOn,
    /// Required: the run waits for a person, who retries, skips what may be skipped, or aborts.
    Stop,
    /// Required, and the way back is open: the source is reopened.
    Abort,
}

impl OnFailure {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GoOn => "go-on",
            Self::Stop => "stop",
            Self::Abort => "abort",
        }
    }
}

/// When an action is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    Always,
    /// Only after this one was refused because of versions.
    IfRefused(ActionName),
    /// Only after this one was done, and not skipped or given up.
    IfDone(ActionName),
    /// Only when the run took the run lock, or may have: else nothing is to be turned back.
    IfBegun,
}
