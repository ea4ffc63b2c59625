//! Values that cannot be together.

use expect_test::expect;

use crate::{accept, check};

#[test]
fn pair_of_two_sets() {
    check(
        "[regions]\nstandby = \"eu-west-1\"",
        expect![[
            r#"tideover.toml:2:11: regions.standby: found primary "us-east-1" with standby "eu-west-1"; allowed: two Regions of one set of strong consistency: {us-east-1, us-east-2, us-west-2}, {eu-west-1, eu-west-2, eu-west-3, eu-central-1} or {ap-northeast-1, ap-northeast-2, ap-northeast-3}; with primary us-east-1, type standby "us-east-2" or "us-west-2", and for the witness a third of the set or nothing (rule ddb-mrsc-region-sets)"#
        ]],
    );
    check(
        "[regions]\nprimary = \"eu-west-1\"",
        expect![[
            r#"tideover.toml:2:11: regions.primary: found primary "eu-west-1" with standby "us-east-2"; allowed: two Regions of one set of strong consistency: {us-east-1, us-east-2, us-west-2}, {eu-west-1, eu-west-2, eu-west-3, eu-central-1} or {ap-northeast-1, ap-northeast-2, ap-northeast-3}; with primary eu-west-1, type standby "eu-west-2", "eu-west-3" or "eu-central-1", and for the witness a third of the set or nothing (rule ddb-mrsc-region-sets)"#
        ]],
    );
    check(
        "[regions]\nprimary = \"ca-central-1\"\nstandby = \"us-east-1\"",
        expect![[
            r#"tideover.toml:3:11: regions.standby: found primary "ca-central-1" with standby "us-east-1"; allowed: two Regions of one set of strong consistency: {us-east-1, us-east-2, us-west-2}, {eu-west-1, eu-west-2, eu-west-3, eu-central-1} or {ap-northeast-1, ap-northeast-2, ap-northeast-3}; with standby us-east-1, type primary "us-east-2" or "us-west-2", and for the witness a third of the set or nothing (rule ddb-mrsc-region-sets)"#
        ]],
    );
    check(
        "[regions]\nprimary = \"ca-central-1\"\nstandby = \"ca-west-1\"",
        expect![[
            r#"tideover.toml:3:11: regions.standby: found primary "ca-central-1" with standby "ca-west-1"; allowed: two Regions of one set of strong consistency: {us-east-1, us-east-2, us-west-2}, {eu-west-1, eu-west-2, eu-west-3, eu-central-1} or {ap-northeast-1, ap-northeast-2, ap-northeast-3}; ca-central-1 and ca-west-1 are in none of them (rule ddb-mrsc-region-sets)"#
        ]],
    );
}

#[test]
fn one_region_twice() {
    check(
        "[regions]\nprimary = \"us-east-2\"",
        expect![[
            r#"tideover.toml:2:11: regions.primary: found "us-east-2" as primary and as standby; allowed: two Regions; with primary us-east-2, type standby "us-east-1" or "us-west-2""#
        ]],
    );
}

#[test]
fn witness_of_another_set_or_of_the_pair() {
    check(
        "[regions]\nwitness = \"eu-west-1\"",
        expect![[
            r#"tideover.toml:2:11: regions.witness: found "eu-west-1"; allowed: us-west-2, the rest of the set of us-east-1 and us-east-2 (rule ddb-mrsc-region-sets)"#
        ]],
    );
    check(
        "[regions]\nprimary = \"eu-west-1\"\nstandby = \"eu-west-2\"\nwitness = \"eu-west-1\"",
        expect![[
            r#"tideover.toml:4:11: regions.witness: found "eu-west-1"; allowed: eu-west-3 or eu-central-1, the rest of the set of eu-west-1 and eu-west-2 (rule ddb-mrsc-region-sets)"#
        ]],
    );
}

#[test]
fn overlapping_ranges() {
    check(
        "[network]\nstandby_cidr = \"10.0.128.0/20\"",
        expect![[
            r#"tideover.toml:2:16: network.standby_cidr: found standby_cidr "10.0.128.0/20", which overlaps primary_cidr "10.0.0.0/16"; allowed: a range with no address in 10.0.0.0/16, such as "10.1.0.0/16" (rule vpc-cidr-disjoint)"#
        ]],
    );
    check(
        "[network]\nprimary_cidr = \"10.1.0.0/16\"",
        expect![[
            r#"tideover.toml:2:16: network.primary_cidr: found standby_cidr "10.1.0.0/16", which overlaps primary_cidr "10.1.0.0/16"; allowed: a range with no address in 10.1.0.0/16, such as "10.0.0.0/16" (rule vpc-cidr-disjoint)"#
        ]],
    );
}

#[test]
fn zones() {
    check(
        "[network]\nzones = 4",
        expect![
            "tideover.toml:2:9: network.zones: found 4; allowed: from 2 to 3; us-east-2 offers 3 availability zones"
        ],
    );
    check(
        "[network]\nzones = 2\nnat_gateways = 3",
        expect![
            "tideover.toml:3:16: network.nat_gateways: found 3; allowed: from 1 to 2, at most one for each zone"
        ],
    );
    check(
        r#"
[network]
primary_zone_ids = ["use1-az1", "use1-az1", "use2-az2"]
standby_zone_ids = ["use2-az1"]
"#,
        expect![[r#"
            tideover.toml:3:33: network.primary_zone_ids[1]: found "use1-az1" again; allowed: each zone once
            tideover.toml:3:45: network.primary_zone_ids[2]: found "use2-az2"; allowed: a zone of us-east-1 such as "use1-az1"
            tideover.toml:4:20: network.standby_zone_ids: found 1 zone ids; allowed: as many as `network.zones`, 3, or none to let AWS choose"#]],
    );
}

#[test]
fn subnets_that_do_not_fit() {
    check(
        "[network]\nstandby_cidr = \"10.1.0.0/22\"",
        expect![[
            r#"tideover.toml:2:16: network.standby_cidr: found /24 for the subnets of standby_cidr "10.1.0.0/22"; allowed: room for 9 subnets, 3 in each of 3 zones; type `subnet_prefix = 26` or a larger range"#
        ]],
    );
    check(
        "[network]\nsubnet_prefix = 18",
        expect![[
            r#"tideover.toml:2:17: network.subnet_prefix: found /18 for the subnets of primary_cidr "10.0.0.0/16"; allowed: room for 9 subnets, 3 in each of 3 zones; type `subnet_prefix = 20` or a larger range"#
        ]],
    );
    check(
        "[network]\nprimary_cidr = \"10.0.0.0/24\"\nsubnet_prefix = 28\nzones = 2",
        expect!["nothing is wrong"],
    );
}

#[test]
fn host_name_too_long() {
    check(
        &format!("[dns]\nzone = \"{}.example.com\"", "payment".repeat(8)),
        expect![
            "tideover.toml:2:8: dns.zone: found the host name `api.paymentpaymentpaymentpaymentpaymentpaymentpaymentpayment.example.com` of 72 characters; allowed: at most 64 characters, because its certificate bears it"
        ],
    );
}

#[test]
fn nothing_is_judged_together_with_a_fault() {
    check(
        r#"
[regions]
primary = "eu-west-9"
standby = "us-west-2"
[network]
zones = 6
primary_cidr = "10.1.0.0/33"
"#,
        expect![[r#"
            tideover.toml:3:11: regions.primary: found "eu-west-9"; allowed: a commercial AWS Region such as eu-west-1, eu-west-2, eu-west-3 or eu-central-1
            tideover.toml:7:16: network.primary_cidr: found "10.1.0.0/33"; allowed: a range of addresses such as "10.0.0.0/16""#]],
    );
}

/// Canaries that are rare say too little in that time.
#[test]
fn silence_that_no_three_canaries_show() {
    check(
        "[monitoring]\ncanary_minutes = 3\n[automatic]\nfailover = \"start\"",
        expect![
            "tideover.toml:4:12: automatic.failover: found silent_minutes 5 with a canary every 3 minutes; allowed: 9 or more, so that 3 canaries in a row say so; or a smaller `monitoring.canary_minutes`"
        ],
    );
    accept(
        "[monitoring]\ncanary_minutes = 3\n[automatic]\nfailover = \"start\"\nsilent_minutes = 9",
    );
    accept("[monitoring]\ncanary_minutes = 60");
}
