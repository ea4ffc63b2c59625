//! Every place of a report has its line.

use checks::output::Lines;
use checks::{Report, Source, Spot, Unseen};

use crate::sample;

const TEMPLATE: &str = "
Transform: Count
Resources:
  Table:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      Replicas:
        - Region: us-east-1
        - Region: us-east-2
          Tags: []
";

#[test]
fn a_place_is_where_its_keys_lead() {
    let rows = [
        ("Table", "Replicas[1].Region", Some(9)),
        ("Table", "Replicas[1].DeletionProtectionEnabled", Some(9)),
        ("Table", "Replicas", Some(7)),
        ("Table", "TableName", Some(6)),
        ("Table", "", Some(4)),
        ("Other", "", Some(3)),
        ("Other", "Name", Some(3)),
    ];
    for (resource, property, line) in rows {
        assert_eq!(line_of(&spot(resource, property)), line, "`{resource}` `{property}`");
    }
    assert!(line_of(&spot("", "")).is_some_and(|line| line <= 2), "the stack itself");
    assert_eq!(line_of(&sample::spot("Elsewhere", "Table", "")), None);
}

fn spot(resource: &str, property: &str) -> Spot {
    Spot { file: "a.yaml".to_owned(), ..sample::spot("Primary", resource, property) }
}

fn line_of(spot: &Spot) -> Option<usize> {
    let source =
        Source { file: "a.yaml".to_owned(), text: TEMPLATE.to_owned(), ..Source::default() };
    let unseen = Unseen { spot: spot.clone(), why: String::new() };
    let report = Report { unseen: vec![unseen], ..Report::default() };
    Lines::find(&report, &[source]).of(spot)
}
