//! Executions of state machines: each named after its run, so that starting it twice is starting it once.

use std::time::Duration;

use aws_sdk_sfn::error::SdkError;
use fence::RegionName;
use runbook::Plan;

use crate::account::Account;
use crate::fault::Fault;
use crate::reach::Reach;

/// For how long the state machine's Region is waited for.
const LIMIT: Duration = Duration::from_secs(10);

impl Reach {
    /// Has the state machine of the Region that a run opens carry it out. It may be asked for any number of times.
    ///
    /// # Errors
    /// What STS or Step Functions said. The execution may have started.
    pub async fn execute(&self, plan: &Plan) -> Result<(), String> {
        let account = self.account().await.map_err(|none| none.to_string())?;
        let machine = self.machine(account, plan, &plan.target);
        let sfn = self.site(&plan.target).sfn().await;
        let start = sfn.start_execution().state_machine_arn(machine).name(plan.run.as_str());
        match tokio::time::timeout(LIMIT, Box::pin(start.input("{}").send())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if is_there(&error) => Ok(()),
            Ok(Err(error)) => Err(Fault::of(&error).said()),
            Err(_) => Err("Step Functions did not answer in time".to_owned()),
        }
    }

    fn machine(&self, account: &Account, plan: &Plan, region: &RegionName) -> String {
        let Account { id, partition, .. } = account;
        let name = self.system().state_machine(plan.kind);
        format!("arn:{partition}:states:{region}:{id}:stateMachine:{name}")
    }
}

/// One of that name has been started, and may be over (AWS Step Functions API Reference, "StartExecution").
fn is_there<R>(
    error: &SdkError<aws_sdk_sfn::operation::start_execution::StartExecutionError, R>,
) -> bool {
    error.as_service_error().is_some_and(|error| error.is_execution_already_exists())
}
