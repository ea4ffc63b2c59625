//! Where the control record of a payment service stands, by what its own templates say: whoever deploys an assembly need
//! not say which system it is, and cannot say another one.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Assembly, Stack, resources};

/// By these variables functions are told which table it is, and where the other Region's replica is.
const TABLE: &str = "TIDEOVER_CONTROL_TABLE";
const PEER: &str = "TIDEOVER_PEER_REGION";

/// The tag by which a stack says of which home it is.
const ROLE: &str = "DR-Role";

/// Where a control record stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Control {
    /// The table.
    pub table: String,
    /// The Region that is active as the templates suppose.
    pub home_primary: String,
    /// The other Region with a replica.
    pub home_standby: String,
}

impl Assembly {
    /// Where the control records of the payment services in it stand, in order; nothing where it has none.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        let mut controls = BTreeMap::new();
        for stack in &self.stacks {
            let variables = stack.template.resources().filter_map(|(_, it)| variables(it));
            for variables in variables {
                let (Some(region), Some(table), Some(peer)) =
                    (&stack.region, variables[TABLE].as_str(), variables[PEER].as_str())
                else {
                    continue;
                };
                let regions = [region.as_str(), peer];
                controls.entry(table).or_insert_with(|| self.control(table, regions));
            }
        }
        controls.into_values().collect()
    }

    fn control(&self, table: &str, regions: [&str; 2]) -> Control {
        // The table is made in the home standby, which must be able to deploy by itself.
        let of_table = self.stacks.iter().find(|stack| makes(stack, table));
        let of_table = of_table.and_then(|stack| stack.region.as_deref());
        let tagged = self.stacks.iter().find(|stack| {
            let region = stack.region.as_deref();
            let is_one = region.is_some_and(|region| regions.contains(&region));
            is_one && stack.tags.get(ROLE).is_some_and(|role| role == "standby")
        });
        let tagged = tagged.and_then(|stack| stack.region.as_deref());
        let standby = of_table.or(tagged);
        let [home_primary, home_standby] = match standby {
            Some(standby) if standby == regions[0] => [regions[1], regions[0]],
            _ => regions,
        }
        .map(str::to_owned);
        Control { table: table.to_owned(), home_primary, home_standby }
    }
}

/// What a function finds in its environment.
fn variables(resource: &Json) -> Option<&Json> {
    let is_function = resource["Type"] == "AWS::Lambda::Function";
    is_function.then(|| &resource["Properties"]["Environment"]["Variables"])
}

fn makes(stack: &Stack, table: &str) -> bool {
    resources(&stack.template.json).any(|(_, it)| {
        it["Type"] == "AWS::DynamoDB::GlobalTable" && it["Properties"]["TableName"] == table
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn golden() -> Assembly {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stacks/golden");
        Assembly::read(&folder).expect("it is an assembly")
    }

    #[test]
    fn an_assembly_says_where_its_record_stands() {
        let [table, home_primary, home_standby] =
            ["payment-dev-control", "us-east-1", "us-east-2"].map(str::to_owned);
        let wanted = Control { table, home_primary, home_standby };
        assert_eq!(golden().controls(), std::slice::from_ref(&wanted));
        // Whichever part of it there is.
        let mut part = golden();
        part.stacks.retain(|stack| stack.id == "PrimaryLambdadev");
        assert_eq!(part.controls(), std::slice::from_ref(&wanted));
        let mut part = golden();
        part.stacks.retain(|stack| stack.id == "SecondaryLambdadev");
        assert_eq!(part.controls(), [wanted]);
        let mut part = golden();
        part.stacks.retain(|stack| stack.id.contains("VPC"));
        assert_eq!(part.controls(), []);
    }
}
