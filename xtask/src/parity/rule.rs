//! The words in which the tables are written: what became of the original's resources and settings.

/// A stack of the original, or the same stack in both Regions.
pub(crate) struct Family {
    /// Heading on the page.
    pub(crate) title: &'static str,
    /// Pattern of the stack's id.
    pub(crate) stack: &'static str,
    /// Said about the family as a whole.
    pub(crate) note: &'static str,
    /// What became of each resource and output.
    pub(crate) rules: &'static [Rule],
    /// What became of the settings of resources that have a counterpart of the same type.
    pub(crate) settings: &'static [Subject],
}

/// What became of some resources of a family.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    /// Their type.
    pub(crate) kind: &'static str,
    /// Pattern of their logical ids.
    pub(crate) id: &'static str,
    /// What became of them.
    pub(crate) fate: Fate,
    /// Why; needed for all but a counterpart of the same type.
    pub(crate) why: &'static str,
}

/// A resource of our assembly, by patterns.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) stack: &'static str,
    pub(crate) id: &'static str,
}

/// What became of a resource.
#[derive(Clone, Copy)]
pub(crate) enum Fate {
    /// It has a counterpart of the same type.
    Same(Place),
    /// Another type does its work.
    Other(&'static str, Place),
    /// It is a property of a resource of this type.
    Part(&'static str, Place, &'static str),
    /// It is a path of the API's OpenAPI document, or a method and a path.
    Api(&'static str),
    /// It is gone.
    Dropped,
}

/// Resources whose settings are compared: type and patterns of stack and logical id.
pub(crate) struct Subject {
    pub(crate) stack: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) id: &'static str,
    pub(crate) settings: &'static [Setting],
}

/// A property of a resource, by its path, and whether its value is the original's.
pub(crate) struct Setting {
    pub(crate) property: &'static str,
    pub(crate) verdict: Verdict,
}

/// Whether a value is the original's.
#[derive(Clone, Copy)]
pub(crate) enum Verdict {
    Kept,
    /// It is another, for this reason.
    Changed(&'static str),
}

pub(crate) const fn rule(kind: &'static str, id: &'static str, fate: Fate) -> Rule {
    Rule { kind, id, fate, why: "" }
}

impl Rule {
    pub(crate) const fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }
}

pub(crate) const fn at(stack: &'static str, id: &'static str) -> Place {
    Place { stack, id }
}

pub(crate) const fn kept(property: &'static str) -> Setting {
    Setting { property, verdict: Verdict::Kept }
}

pub(crate) const fn changed(property: &'static str, why: &'static str) -> Setting {
    Setting { property, verdict: Verdict::Changed(why) }
}
