//! The roots of Aurora's servers are those of the table beside them, and are what a client of TLS can use.

use std::fmt::Write as _;

use aws::rds_roots;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::Encode as _;

const REGIONS: [&str; 10] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

fn roots(region: &str) -> Vec<Certificate> {
    let pem = rds_roots(region).expect("the Region has roots");
    Certificate::load_pem_chain(pem.as_bytes()).expect("it is PEM")
}

/// A line of the table.
fn line(region: &str, root: &Certificate) -> String {
    let of = &root.tbs_certificate;
    let subject = of.subject.to_string();
    let name = subject.split(',').find_map(|part| part.strip_prefix("CN=")).expect("it has a name");
    let ends = of.validity.not_after.to_date_time();
    let date = format!("{}-{:02}-{:02}", ends.year(), ends.month(), ends.day());
    let mut digest = String::new();
    for byte in Sha256::digest(root.to_der().expect("it is DER")) {
        write!(digest, "{byte:02x}").expect("strings take everything");
    }
    format!("| {region} | {name} | {date} | `{digest}` |")
}

#[test]
fn the_table_names_each_root() {
    let lines = REGIONS.iter().flat_map(|region| {
        let roots = roots(region);
        roots.iter().map(|root| line(region, root)).collect::<Vec<_>>()
    });
    let table = include_str!("../../rds-roots/README.md").lines();
    let table = table.filter(|line| line.ends_with("` |")).map(str::to_owned);
    assert_eq!(table.collect::<Vec<_>>(), lines.collect::<Vec<_>>());
}

#[test]
fn each_root_is_of_its_region_and_signs_itself() {
    for region in REGIONS {
        let roots = roots(region);
        assert_eq!(roots.len(), 3, "{region}: one for each kind of key");
        for root in roots {
            let of = root.tbs_certificate;
            let name = format!("Amazon RDS {region} Root CA ");
            assert!(of.subject.to_string().contains(&name), "{}", of.subject);
            assert_eq!(of.subject, of.issuer);
        }
    }
}

#[test]
fn other_regions_have_none() {
    assert_eq!(rds_roots("eu-north-1"), None);
    assert_eq!(rds_roots(""), None);
}
