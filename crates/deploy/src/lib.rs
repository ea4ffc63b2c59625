//! An assembly brought into AWS by change sets, compared with what is there, and taken away again.
//!
//! [`Assembly::read`] reads what a CDK app or `tideover synth` wrote, whoever's it is; [`Assembly::select`] chooses
//! stacks. A [`Site`] is the account that they go to: [`Site::verify`] and [`Site::check_bootstrap`] come before the
//! first write. Then [`deploy`], [`diff`] or [`destroy`]. What happens meanwhile is told as [`Told`].
//!
//! Everything that may be lost is guarded by name ([`Guard`]), and by what the control record says ([`Standing`]).
//! Whatever ends the process, the same call goes on where AWS is: a change set is named after what it contains.

mod ask;
mod assembly;
mod assets;
mod bootstrap;
mod changes;
mod deploying;
mod destroying;
mod diffing;
mod events;
mod guard;
mod order;
mod peer;
mod quota;
mod site;
mod stack;
mod standing;
mod stateful;
mod status;
mod there;
mod told;

pub use ask::{Patience, Trouble, TroubleKind};
pub use assembly::{
    Assembly, AssemblyFault, Asset, Control, Destination, Image, Packaging, Role, Stack, Template,
};
pub use changes::{Action, Change, Changes, Drift, PropertyChange, Recreation, Replacement};
pub use deploying::{Brought, Deployed, Options, deploy};
pub use destroying::{DestroyOptions, Destroyed, Kept, Manner, Removal, destroy};
pub use diffing::{Compared, CreateOnly, StackDiff, diff};
pub use events::Event;
pub use guard::{Guard, Refusal};
pub use site::{Expected, Site};
pub use standing::{Record, Standing};
pub use stateful::is_stateful;
pub use status::Course;
pub use there::{There, templates_there};
pub use told::{Failure, Told};
