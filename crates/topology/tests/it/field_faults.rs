//! Values that cannot be, whatever the rest of the file says.

use expect_test::expect;
use topology::{Overrides, parse};

use crate::{check, check_with};

#[test]
fn unknown_keys() {
    check(
        r#"
nam = "payment"
colour = "blue"
"quoted key" = 1
[region]
primary = "us-east-1"
[regions]
primry = "us-east-1"
[objectives]
rto = 300
[[functions]]
name = "a"
routes = ["GET /health"]
time_out_seconds = 3
"#,
        expect![[r#"
            tideover.toml:2:1: nam: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions; did you mean `name`?
            tideover.toml:3:1: colour: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions
            tideover.toml:4:1: "quoted key": found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions
            tideover.toml:5:2: region: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions; did you mean `regions`?
            tideover.toml:8:1: regions.primry: found an unknown key; allowed: primary, standby, witness; did you mean `primary`?
            tideover.toml:10:1: objectives.rto: found an unknown key; allowed: rto_seconds, rpo_seconds
            tideover.toml:14:1: functions[0].time_out_seconds: found an unknown key; allowed: name, code, runtime, handler, memory_mb, timeout_seconds, reserved_concurrency, provisioned_concurrency, routes, uses, worker, group, environment; did you mean `timeout_seconds`?"#]],
    );
}

#[test]
fn active_is_no_key() {
    check(
        "active = \"primary\"\n[regions]\nactive = \"us-east-1\"\n",
        expect![[r#"
            tideover.toml:1:1: active: found the key `active`; allowed: nothing here: which Region is active is run-time state in the control record, not configuration; type `tideover status` to see it
            tideover.toml:3:1: regions.active: found the key `active`; allowed: nothing here: which Region is active is run-time state in the control record, not configuration; type `tideover status` to see it"#]],
    );
}

#[test]
fn names() {
    check(
        r#"
name = "Payment"
environment_suffix = "dev-1"
account = "1234"
architecture = "arm"
"#,
        expect![[r#"
            tideover.toml:2:8: name: found "Payment"; allowed: 1 to 16 lower-case letters, digits and single hyphens between them, beginning with a letter, such as "payment"
            tideover.toml:3:22: environment_suffix: found "dev-1"; allowed: 1 to 12 lower-case letters and digits, beginning with a letter, such as "dev"
            tideover.toml:4:11: account: found "1234"; allowed: the 12 digits of an AWS account, such as "123456789012"
            tideover.toml:5:16: architecture: found "arm"; allowed: "arm64" or "x86_64""#]],
    );
    check(
        "name = \"a--b\"",
        expect![[
            r#"tideover.toml:1:8: name: found "a--b"; allowed: 1 to 16 lower-case letters, digits and single hyphens between them, beginning with a letter, such as "payment""#
        ]],
    );
    check(
        "name = \"a-\"",
        expect![[
            r#"tideover.toml:1:8: name: found "a-"; allowed: 1 to 16 lower-case letters, digits and single hyphens between them, beginning with a letter, such as "payment""#
        ]],
    );
}

#[test]
fn overrides() {
    let overrides = Overrides {
        suffix: Some(("Prod!".to_owned(), "--suffix".to_owned())),
        account: Some("me".to_owned()),
        repository: Some("a\nb".to_owned()),
        author: Some("x".repeat(257)),
    };
    check_with(
        "name = 1",
        &overrides,
        expect![[r#"
        --suffix: environment_suffix: found "Prod!"; allowed: 1 to 12 lower-case letters and digits, beginning with a letter, such as "dev"
        CDK_DEFAULT_ACCOUNT: account: found "me"; allowed: the 12 digits of an AWS account, such as "123456789012"
        REPOSITORY: repository: found "a\nb"; allowed: at most 256 letters, digits, spaces and `_.:/=+-@`
        COMMIT_AUTHOR: author: found "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"…; allowed: at most 256 letters, digits, spaces and `_.:/=+-@`
        tideover.toml:1:8: name: found 1; allowed: a string such as "payment""#]],
    );
    check_with(
        "account = \"123456789012\"\n",
        &overrides,
        expect![[r#"
        --suffix: environment_suffix: found "Prod!"; allowed: 1 to 12 lower-case letters and digits, beginning with a letter, such as "dev"
        REPOSITORY: repository: found "a\nb"; allowed: at most 256 letters, digits, spaces and `_.:/=+-@`
        COMMIT_AUTHOR: author: found "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"…; allowed: at most 256 letters, digits, spaces and `_.:/=+-@`"#]],
    );
}

#[test]
fn regions() {
    check(
        "[regions]\nstandby = \"us-east-9\"",
        expect![[
            r#"tideover.toml:2:11: regions.standby: found "us-east-9"; allowed: a commercial AWS Region such as us-east-1, us-east-2 or us-west-2"#
        ]],
    );
    check(
        "[regions]\nprimary = \"eu-west\"",
        expect![[
            r#"tideover.toml:2:11: regions.primary: found "eu-west"; allowed: a commercial AWS Region such as eu-west-1, eu-west-2, eu-west-3 or eu-central-1"#
        ]],
    );
    check(
        "[regions]\nprimary = \"us-gov-west-1\"",
        expect![[
            r#"tideover.toml:2:11: regions.primary: found "us-gov-west-1"; allowed: a commercial AWS Region; AWS GovCloud (US) and the China Regions are not supported"#
        ]],
    );
    check(
        "[regions]\nwitness = \"cn-north-1\"",
        expect![[
            r#"tideover.toml:2:11: regions.witness: found "cn-north-1"; allowed: a commercial AWS Region; AWS GovCloud (US) and the China Regions are not supported"#
        ]],
    );
}

#[test]
fn network() {
    check(
        r#"
[network]
primary_cidr = "10.0.0.1/16"
standby_cidr = "11.0.0.0/16"
zones = 7
primary_zone_ids = ["us-east-1a"]
subnet_prefix = 29
nat_gateways = 0
"#,
        expect![[r#"
            tideover.toml:3:16: network.primary_cidr: found "10.0.0.1/16"; allowed: the first address of the range, "10.0.0.0/16"
            tideover.toml:4:16: network.standby_cidr: found "11.0.0.0/16"; allowed: a private range: in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16
            tideover.toml:5:9: network.zones: found 7; allowed: a whole number from 2 to 6
            tideover.toml:6:21: network.primary_zone_ids[0]: found "us-east-1a"; allowed: the id of an availability zone such as "use1-az1"
            tideover.toml:7:17: network.subnet_prefix: found 29; allowed: a whole number from 18 to 28
            tideover.toml:8:16: network.nat_gateways: found 0; allowed: a whole number from 1 to 6"#]],
    );
    check(
        "[network]\nprimary_cidr = \"10.0.0.0/8\"",
        expect![[
            r#"tideover.toml:2:16: network.primary_cidr: found "10.0.0.0/8"; allowed: a range from /16 to /24, such as "10.0.0.0/16""#
        ]],
    );
    check(
        "[network]\nprimary_cidr = \"10.0.0/16\"",
        expect![[
            r#"tideover.toml:2:16: network.primary_cidr: found "10.0.0/16"; allowed: a range of addresses such as "10.0.0.0/16""#
        ]],
    );
}

#[test]
fn database() {
    check(
        r#"
[database]
engine_version = "13.9"
instance_class = "db.t3.medium"
instances = 16
name = "Payments"
user = "postgres"
backup_days = 6
backup_window = "23:45-00:10"
"#,
        expect![[r#"
            tideover.toml:3:18: database.engine_version: found "13.9"; allowed: 18.3, 17.4 to 17.9, 16.8 to 16.13, 15.10 to 15.17, 14.6 or 14.17 to 14.22; type "17.7", which has long-term support (rule aurora-version-supported)
            tideover.toml:4:18: database.instance_class: found "db.t3.medium"; allowed: a memory-optimized class such as "db.r6g.large"; a global database takes no burstable class (rule aurora-global-memory-class)
            tideover.toml:5:13: database.instances: found 16; allowed: a whole number from 1 to 15
            tideover.toml:6:8: database.name: found "Payments"; allowed: 1 to 63 lower-case letters, digits and `_`, beginning with a letter
            tideover.toml:7:8: database.user: found "postgres"; allowed: a name that PostgreSQL and Aurora do not reserve, such as "paymentadmin"
            tideover.toml:8:15: database.backup_days: found 6; allowed: a whole number from 7 to 35
            tideover.toml:9:17: database.backup_window: found "23:45-00:10"; allowed: a window of at least 30 minutes, such as "03:00-04:00""#]],
    );
    check(
        "[database]\ninstance_class = \"db.m5.large\"",
        expect![[
            r#"tideover.toml:2:18: database.instance_class: found "db.m5.large"; allowed: a memory-optimized class of the families r5 to r9 or x, such as "db.r6g.large" (rule aurora-global-memory-class)"#
        ]],
    );
    check(
        "[database]\nbackup_window = \"3-4\"",
        expect![[
            r#"tideover.toml:2:17: database.backup_window: found "3-4"; allowed: a window in UTC as hh:mm-hh:mm, such as "03:00-04:00""#
        ]],
    );
    check(
        "[database]\nbackup_window = \"03:00-03:00\"",
        expect![[
            r#"tideover.toml:2:17: database.backup_window: found "03:00-03:00"; allowed: a window of at least 30 minutes, such as "03:00-04:00""#
        ]],
    );
    check(
        "[database]\nname = \"select\"\nuser = \"payment-admin\"",
        expect![[r#"
        tideover.toml:2:8: database.name: found "select"; allowed: a name that PostgreSQL and Aurora do not reserve, such as "payments"
        tideover.toml:3:8: database.user: found "payment-admin"; allowed: 1 to 16 lower-case letters, digits and `_`, beginning with a letter"#]],
    );
}

#[test]
fn storage_and_api() {
    check(
        r#"
[storage]
archive_after_days = 29
[api]
stage = "a/b"
rate_limit = 0
burst_limit = 5001
web_acl = 1
"#,
        expect![[r#"
            tideover.toml:3:22: storage.archive_after_days: found 29; allowed: a whole number from 30 to 3650
            tideover.toml:5:9: api.stage: found "a/b"; allowed: 1 to 64 letters, digits, `_` and `-`
            tideover.toml:6:14: api.rate_limit: found 0; allowed: a whole number from 1 to 10000
            tideover.toml:7:15: api.burst_limit: found 5001; allowed: a whole number from 1 to 5000
            tideover.toml:8:11: api.web_acl: found 1; allowed: true or false"#]],
    );
}

#[test]
fn dns_and_monitoring() {
    check(
        r#"
[dns]
zone = "Example.com."
hosted_zone_id = "/hostedzone/Z1"
record = "a.b"
check_interval_seconds = 20
check_failures = 11
[monitoring]
email = "oncall at example.com"
function_error_percent = 101
log_retention_days = 91
"#,
        expect![[r#"
            tideover.toml:3:8: dns.zone: found "Example.com."; allowed: a domain name in lower case without a final dot, such as "payment.example.com"
            tideover.toml:4:18: dns.hosted_zone_id: found "/hostedzone/Z1"; allowed: the id of a hosted zone such as "Z0123456789ABC"
            tideover.toml:5:10: dns.record: found "a.b"; allowed: one label of a host name, such as "api"
            tideover.toml:6:26: dns.check_interval_seconds: found 20; allowed: 10 or 30
            tideover.toml:7:18: dns.check_failures: found 11; allowed: a whole number from 1 to 10
            tideover.toml:9:9: monitoring.email: found "oncall at example.com"; allowed: an e-mail address such as "oncall@example.com"
            tideover.toml:10:26: monitoring.function_error_percent: found 101; allowed: a whole number from 1 to 100
            tideover.toml:11:22: monitoring.log_retention_days: found 91; allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653"#]],
    );
}

/// A password is not repeated.
#[test]
fn processor() {
    let message = |url: &str| {
        let text = format!("[processor]\nurl = \"{url}\"");
        parse(&text, "f", &Overrides::default())
            .map_or_else(|faults| faults.to_string(), |_| url.into())
    };
    let long = format!("https://cards.example.com/{}", "a".repeat(231));
    let urls = [
        "http://cards.example.com",
        "https://user:secret@cards.example.com",
        "https://user:se/cret@cards.example.com",
        "https://cards.example.com:8443/v1",
        "https://cards.example.com/v1?key=1",
        "https://cards.example.com/v1#key",
        "https://Cards.example.com",
        "https://10.0.0.1/v1",
        "https://cards",
        "https://",
        "https://cards.example.com/v1/../v2",
        "https://cards.example.com/v 1",
        &long,
    ];
    let messages: Vec<String> = urls.map(message).into();
    expect![[r#"
        f:2:7: processor.url: found "http://cards.example.com"; allowed: a URL that begins with `https://`: nobody on the way may read or change a charge
        f:2:7: processor.url: found "https://…@cards.example.com"; allowed: a URL without user and password, which would stand in templates for all to read
        f:2:7: processor.url: found "https://…@cards.example.com"; allowed: a URL without a port: functions reach others by port 443 only
        f:2:7: processor.url: found "https://cards.example.com:8443/v1"; allowed: a URL without a port: functions reach others by port 443 only
        f:2:7: processor.url: found "https://cards.example.com/v1?key=1"; allowed: a URL without `?` and `#`, such as "https://cards.example.com/v1"
        f:2:7: processor.url: found "https://cards.example.com/v1#key"; allowed: a URL without `?` and `#`, such as "https://cards.example.com/v1"
        f:2:7: processor.url: found "https://Cards.example.com"; allowed: `https://` and a domain name in lower case, such as "https://cards.example.com"
        f:2:7: processor.url: found "https://10.0.0.1/v1"; allowed: `https://` and a domain name in lower case, such as "https://cards.example.com"
        f:2:7: processor.url: found "https://cards"; allowed: `https://` and a domain name in lower case, such as "https://cards.example.com"
        f:2:7: processor.url: found "https://"; allowed: `https://` and a domain name in lower case, such as "https://cards.example.com"
        f:2:7: processor.url: found "https://cards.example.com/v1/../v2"; allowed: a path of letters, digits and `-._~!$&'()*+,;=:@%` without `.` and `..` in it
        f:2:7: processor.url: found "https://cards.example.com/v 1"; allowed: a path of letters, digits and `-._~!$&'()*+,;=:@%` without `.` and `..` in it
        f:2:7: processor.url: found "https://cards.example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"…; allowed: at most 256 characters"#]].assert_eq(&messages.join("\n"));
    check(
        "[processor]\nurl = 1\nkey = \"\"",
        expect![[r#"
        tideover.toml:2:7: processor.url: found 1; allowed: a string such as "https://cards.example.com/v1"
        tideover.toml:3:1: processor.key: found an unknown key; allowed: url"#]],
    );
}

#[test]
fn tags() {
    check(
        r#"
[tags]
"aws:x" = "a"
environment = "a"
Team = "payments"
team = "<payments>"
"" = "a"
n = 1
"#,
        expect![[r#"
            tideover.toml:3:1: tags."aws:x": found the name "aws:x"; allowed: a key that does not begin with `aws:`, which AWS keeps to itself
            tideover.toml:4:1: tags.environment: found the name "environment"; allowed: another key: the tag `Environment` is set on every resource already
            tideover.toml:6:8: tags.team: found "<payments>"; allowed: at most 256 letters, digits, spaces and `_.:/=+-@`
            tideover.toml:7:1: tags."": found the name ""; allowed: 1 to 128 letters, digits, spaces and `_.:/=+-@`
            tideover.toml:8:5: tags.n: found 1; allowed: a string such as "payments""#]],
    );
    let many: String = (0..41).map(|n| format!("t{n} = \"\"\n")).collect();
    check(
        &format!("[tags]\n{many}"),
        expect![
            "tideover.toml:1:2: tags: found 41 tags; allowed: at most 40; a resource has no more than 50 in all"
        ],
    );
}

#[test]
fn key_before_its_table() {
    check(
        "rto_seconds = 60\nreserved_concurrency = 1\nprimary = \"us-east-1\"\n",
        expect![[r#"
            tideover.toml:1:1: rto_seconds: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions; `rto_seconds` belongs in `[objectives]`
            tideover.toml:2:1: reserved_concurrency: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions
            tideover.toml:3:1: primary: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions; `primary` belongs in `[regions]`"#]],
    );
}
