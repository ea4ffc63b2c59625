//! Values that are accepted, and what becomes of them.

use topology::{Cidr, Home, MRSC_SETS, Overrides, Region, Topology, parse};

use crate::accept;

#[test]
fn empty_file_is_the_default() {
    assert_eq!(accept(""), Topology::default());
}

#[test]
fn witness_by_default_is_the_first_other_of_the_set() {
    let rows = [
        ("us-east-1", "us-east-2", "us-west-2"),
        ("us-east-2", "us-west-2", "us-east-1"),
        ("eu-west-1", "eu-central-1", "eu-west-2"),
        ("ap-northeast-3", "ap-northeast-1", "ap-northeast-2"),
    ];
    for (primary, standby, witness) in rows {
        let text = format!("[regions]\nprimary = \"{primary}\"\nstandby = \"{standby}\"");
        assert_eq!(accept(&text).regions.witness.name(), witness);
    }
}

#[test]
fn every_pair_and_witness_of_a_set() {
    for set in MRSC_SETS {
        for primary in set {
            for standby in set.iter().filter(|name| *name != primary) {
                for witness in set.iter().filter(|name| *name != primary && *name != standby) {
                    accept(&format!(
                        "regions = {{ primary = \"{primary}\", standby = \"{standby}\", \
                         witness = \"{witness}\" }}"
                    ));
                }
            }
        }
    }
}

#[test]
fn supported_engine_versions() {
    let minors = [
        (18, vec![3]),
        (17, (4..=9).collect()),
        (16, (8..=13).collect()),
        (15, (10..=17).collect()),
        (14, [6].into_iter().chain(17..=22).collect::<Vec<u32>>()),
    ];
    for major in 12..20 {
        for minor in 0..25 {
            let text = format!("[database]\nengine_version = \"{major}.{minor}\"");
            let known = minors.iter().any(|(m, list)| *m == major && list.contains(&minor));
            let parsed = parse(&text, "f", &Overrides::default());
            assert_eq!(parsed.is_ok(), known, "{major}.{minor}");
        }
    }
    assert_eq!(accept("").database.engine_version.family(), "aurora-postgresql17");
}

#[test]
fn connections_of_instance_classes() {
    let rows = [
        ("db.r6g.large", 1_802),
        ("db.r5.xlarge", 3_604),
        ("db.r7i.2xlarge", 5_000),
        ("db.x2g.large", 3_604),
        ("db.r8g.48xlarge", 5_000),
    ];
    for (class, connections) in rows {
        let topology = accept(&format!("[database]\ninstance_class = \"{class}\""));
        assert_eq!(topology.database.instance_class.max_connections(), connections);
        assert_eq!(topology.database.instance_class.as_str(), class);
    }
}

#[test]
fn suffix_of_the_command_line_wins() {
    let overrides = Overrides {
        suffix: Some(("prod".to_owned(), "--suffix".to_owned())),
        account: Some("111111111111".to_owned()),
        repository: Some("payments".to_owned()),
        author: Some("Zoë".to_owned()),
    };
    let text = "environment_suffix = \"dev\"\naccount = \"222222222222\"";
    let topology = parse(text, "f", &overrides).unwrap();
    assert_eq!(topology.suffix(), "prod");
    assert_eq!(topology.dns.host(), "api.payment-prod.example.com");
    assert_eq!(topology.account.as_deref(), Some("222222222222"));
    assert_eq!(topology.author, "Zoë");
    let topology = parse("", "f", &overrides).unwrap();
    assert_eq!(topology.account.as_deref(), Some("111111111111"));
}

#[test]
fn a_name_and_a_suffix_make_the_zone() {
    let topology = accept("name = \"billing\"\nenvironment_suffix = \"qa\"");
    assert_eq!(topology.dns.zone, "billing-qa.example.com");
}

#[test]
fn a_window_may_pass_midnight() {
    let window = accept("[database]\nbackup_window = \"23:45-00:15\"").database.backup_window;
    assert_eq!((window.start, window.end, window.minutes()), (1_425, 15, 30));
    assert_eq!(window.to_string(), "23:45-00:15");
}

#[test]
fn a_function_needs_only_a_name() {
    let topology = accept("[[functions]]\nname = \"a\"\nroutes = [\"GET /health\"]");
    let function = &topology.functions[0];
    assert_eq!(function.code, "dist/a.zip");
    assert_eq!(function.runtime.as_str(), "provided.al2023");
    assert_eq!(function.memory_mb, 256);
    assert_eq!(function.reserved_concurrency, None);
    assert_eq!(function.routes[0].to_string(), "GET /health");
}

#[test]
fn processor_urls() {
    let longest = format!("https://cards.example.com/{}", "a".repeat(230));
    let rows = [
        ("https://cards.example.com", "https://cards.example.com"),
        ("https://cards.example.com/", "https://cards.example.com"),
        ("https://xn--cards-9ya.example.com/v1/@me//", "https://xn--cards-9ya.example.com/v1/@me"),
        (&longest, &longest),
    ];
    for (url, expected) in rows {
        let topology = accept(&format!("[processor]\nurl = \"{url}\""));
        assert_eq!(topology.processor.url.as_deref(), Some(expected));
    }
}

#[test]
fn no_environments_are_kept_warm() {
    let topology = accept(
        "[[functions]]\nname = \"a\"\nroutes = [\"GET /health\"]\nprovisioned_concurrency = 0",
    );
    assert_eq!(topology.functions[0].provisioned_concurrency, None);
}

#[test]
fn homes() {
    let topology = Topology::default();
    let described = |home: Home| {
        let (region, cidr) = (topology.region(home), topology.cidr(home));
        format!("{} {} {region} {cidr}", home.word(), home.display())
    };
    assert_eq!(described(Home::Primary), "primary Primary us-east-1 10.0.0.0/16");
    assert_eq!(described(Home::Standby), "standby Secondary us-east-2 10.1.0.0/16");
    assert_eq!(Home::Primary.other(), Home::Standby);
    assert!(topology.zone_ids(Home::Primary).is_empty());
}

#[test]
fn subnets() {
    let topology = Topology::default();
    let subnets: Vec<String> =
        topology.subnets(Home::Standby).iter().map(Cidr::to_string).collect();
    assert_eq!(subnets.len(), 9);
    assert_eq!(subnets[0], "10.1.0.0/24");
    assert_eq!(subnets[8], "10.1.8.0/24");
    let range = Cidr::find("192.168.0.0/24").unwrap();
    assert_eq!(range.subnet(28, 15), Cidr::find("192.168.0.240/28"));
    assert_eq!(range.subnet(28, 16), None);
    assert_eq!(range.subnet(23, 0), None);
    assert_eq!(range.subnet(33, 0), None);
    let all = Cidr::find("0.0.0.0/0").unwrap();
    assert_eq!(all.subnet(0, 0), Some(all));
    assert_eq!(all.subnet(0, 1), None);
    assert_eq!(all.subnet(32, u32::MAX), Cidr::find("255.255.255.255/32"));
}

#[test]
fn ranges() {
    let found = |text| Cidr::find(text).is_some();
    assert!(found("10.0.0.0/8") && found("1.2.3.4/32"));
    for text in ["10.0.0.1/8", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/+8", "010.0.0.0/8", "::/8"] {
        assert!(!found(text), "{text}");
    }
    let range = |text| Cidr::find(text).unwrap();
    assert!(range("10.0.0.0/8").overlaps(range("10.255.0.0/16")));
    assert!(range("10.255.0.0/16").overlaps(range("10.0.0.0/8")));
    assert!(!range("10.0.0.0/16").overlaps(range("10.1.0.0/16")));
}

#[test]
fn facts_of_regions() {
    let names: Vec<&str> = Region::all().map(Region::name).collect();
    assert!(names.is_sorted());
    assert_eq!(names.len(), 33);
    for name in &names {
        assert_eq!(Region::find(name).map(Region::name), Some(*name));
    }
    let region = Region::find("ap-northeast-2").unwrap();
    assert_eq!(region.zone_id_prefix(), "apne2");
    assert_eq!(region.camel_case(), "ApNortheast2");
    assert_eq!(region.zones(), 4);
    assert_eq!(region.execute_api_hosted_zone_id(), "Z20JF4UZKIW1U8");
    assert_eq!(region.mrsc_set(), Some(MRSC_SETS[2]));
    assert_eq!(Region::find("ca-west-1").unwrap().mrsc_set(), None);
    assert_eq!(Region::find("us-east-1").unwrap().zone_id_prefix(), "use1");
}
