//! What takes events out of queues and streams of a Region: mappings, pipes, events of serverless functions.

use topology::Home;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::functions::{self, Functions, MAPPED, SERVERLESS};
use crate::inputs::decided;
use crate::place::{Place, Resource};

/// Something that takes events.
pub(super) struct Taking<'d> {
    /// The mapping, the pipe or the serverless function.
    pub(super) resource: Resource<'d>,
    /// The property that turns it off.
    pub(super) switch: Place<'d>,
    /// The value of that property by which it is off.
    pub(super) off: &'static str,
    /// What it gives them to, or the pipe itself; `None` where that is not in these templates.
    pub(super) worker: Option<Resource<'d>>,
    /// Where it takes events from.
    pub(super) source: Place<'d>,
    /// The same property in the primary.
    primary: Option<Place<'d>>,
}

impl<'d> Taking<'d> {
    /// Whether it is on in this Region, and not known to be off in the primary.
    pub(super) fn is_on(&self) -> Answer<bool> {
        let is_off = |text: String| text.eq_ignore_ascii_case(self.off);
        let primary = self.primary.as_ref().map(|place| place.text().map(is_off));
        match self.switch.text().map(is_off) {
            Answer::Known(true) => Answer::Known(false),
            Answer::Unknown(why) => Answer::Unknown(why),
            Answer::Known(false) | Answer::Absent => {
                Answer::Known(primary != Some(Answer::Known(true)))
            }
        }
    }

    /// Why a deployment decides whether it is on, if it does.
    pub(super) fn decided(&self) -> Option<Unknown> {
        let property = self.switch.path.split('.').next().unwrap_or_default();
        let is_written = self.switch.exists() == Answer::Known(true);
        decided(self.resource, property).filter(|_| is_written)
    }

    /// The queue, stream or table that it takes from, where it is in these templates.
    pub(super) fn source(&self, design: &'d Design) -> Option<Resource<'d>> {
        design.resource(self.source.reference().known()?)
    }
}

/// What takes events in the Region of a home role for the application.
pub(super) fn of_home<'d>(
    design: &'d Design,
    functions: &Functions<'d>,
    home: Home,
) -> Vec<Taking<'d>> {
    let mappings = design.of_home("AWS::Lambda::EventSourceMapping", home);
    let mappings = mappings.map(|mapping| {
        let function = functions.meant(&mapping.at("FunctionName"));
        written_out(design, mapping, function, ("Enabled", "false"), "EventSourceArn")
    });
    let mappings = mappings
        .filter(|taking| taking.worker.is_none_or(|worker| functions.is_of_application(worker)));
    let pipes = design.of_home("AWS::Pipes::Pipe", home);
    let pipes = pipes
        .map(|pipe| written_out(design, pipe, Some(pipe), ("DesiredState", "STOPPED"), "Source"));
    let serverless = design.of_home(SERVERLESS, home);
    mappings.chain(pipes).chain(serverless.flat_map(|one| events(design, one))).collect()
}

fn written_out<'d>(
    design: &'d Design,
    resource: Resource<'d>,
    worker: Option<Resource<'d>>,
    (switch, off): (&str, &'static str),
    source: &str,
) -> Taking<'d> {
    Taking {
        resource,
        switch: resource.at(switch),
        off,
        worker,
        source: resource.at(source),
        primary: design.counterpart(resource).map(|primary| primary.at(switch)),
    }
}

/// The events of a serverless function that become event source mappings.
fn events<'d>(design: &'d Design, function: Resource<'d>) -> Vec<Taking<'d>> {
    let primary = design.counterpart(function);
    let mapped = functions::events(function).into_iter();
    let mapped = mapped.filter(|(kind, _)| MAPPED.contains(&kind.as_str()));
    let taking = mapped.map(|(kind, event)| {
        let switch = event.at("Properties.Enabled");
        let source = event.at(if kind == "SQS" { "Properties.Queue" } else { "Properties.Stream" });
        let primary = primary.map(|primary| primary.at(&switch.path));
        Taking { resource: function, switch, off: "false", worker: Some(function), source, primary }
    });
    taking.collect()
}
