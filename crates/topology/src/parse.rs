//! From the text of the file to the topology.

use toml::de::{DeTable, Error};

use crate::fault::Faults;
use crate::overrides::Overrides;
use crate::reader::Section;
use crate::report::Report;
use crate::sections::{
    api, automatic, database, dns, functions, monitoring, network, objectives, processor, regions,
    storage, system, tags,
};
use crate::topology::Topology;
use crate::value::dismantle;

/// Reads the text of `tideover.toml`, which faults call `file_name`; every key is optional.
///
/// # Errors
///
/// Every fault in the text and in `overrides`, in order of line and column.
pub fn parse(text: &str, file_name: &str, overrides: &Overrides) -> Result<Topology, Faults> {
    let mut report = Report::default();
    let topology = read(text, overrides, &mut report);
    match report.into_faults(text, file_name) {
        None => Ok(topology),
        Some(faults) => Err(faults),
    }
}

impl Default for Topology {
    /// The topology of an empty file.
    fn default() -> Self {
        read("", &Overrides::default(), &mut Report::default())
    }
}

/// Reads the text into `report`; the topology is to be trusted when nothing was reported.
pub(crate) fn read(text: &str, overrides: &Overrides, report: &mut Report) -> Topology {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        report_error(report, &error);
    }
    let table = table.into_inner();
    let topology = Section::file(&table, report).read(|file| read_tables(file, overrides));
    dismantle(table);
    topology
}

fn read_tables(file: &mut Section<'_, '_>, overrides: &Overrides) -> Topology {
    let system = system::read(file, overrides);
    let regions = regions::read(file);
    let objectives = objectives::read(file);
    let network = network::read(file, &regions);
    let database = database::read(file);
    let storage = storage::read(file);
    let api = api::read(file);
    let default_zone = format!("{}-{}.example.com", system.name, system.environment_suffix);
    let dns = dns::read(file, default_zone);
    let processor = processor::read(file);
    let monitoring = monitoring::read(file);
    let automatic = automatic::read(file, &monitoring);
    let tags = tags::read(file);
    let functions = functions::read(file, &database.instance_class);
    Topology {
        name: system.name,
        environment_suffix: system.environment_suffix,
        account: system.account,
        architecture: system.architecture,
        repository: system.repository,
        author: system.author,
        regions,
        objectives,
        network,
        database,
        storage,
        api,
        dns,
        processor,
        monitoring,
        automatic,
        tags,
        functions,
    }
}

/// Errors after which the rest of the text is not understood as it was meant.
const LOST: [&str; 4] = ["unclosed", "multi-line", "recursion", "recurse"];

fn report_error(report: &mut Report, error: &Error) {
    let (what, expected) = match error.message().split_once(", expected ") {
        Some((what, "literal string")) => (what, "a string such as \"us-east-1\""),
        Some((what, expected)) => (what, expected),
        None => (error.message(), ""),
    };
    let lost = LOST.iter().any(|word| what.contains(word));
    let at = error.span().map_or(0, |span| span.start);
    let found = format!("text that is not TOML ({what})");
    report.add_not_toml(at, lost, found, expected.to_owned());
}
