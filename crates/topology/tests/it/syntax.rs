//! Text that is not TOML, or TOML of the wrong kind.

use expect_test::expect;

use crate::check;

#[test]
fn string_without_quotes() {
    check(
        "name = payment",
        expect![[
            r#"tideover.toml:1:8: found text that is not TOML (string values must be quoted); allowed: a string such as "us-east-1""#
        ]],
    );
}

#[test]
fn value_forgotten() {
    check(
        "name =\n[regions]\nstandby = \"us-east-9\"",
        expect![[r#"
        tideover.toml:1:7: found text that is not TOML (string values must be quoted); allowed: a string such as "us-east-1"
        tideover.toml:3:11: regions.standby: found "us-east-9"; allowed: a commercial AWS Region such as us-east-1, us-east-2 or us-west-2"#]],
    );
}

#[test]
fn key_without_value() {
    check(
        "[regions]\nprimary\nstandby = 1",
        expect!["tideover.toml:2:8: found text that is not TOML (key with no value); allowed: `=`"],
    );
}

#[test]
fn open_string() {
    check(
        "name = \"payment\n[api]\nstage = 1",
        expect![[r#"
        tideover.toml:1:16: found text that is not TOML (invalid basic string); allowed: `"`
        tideover.toml:3:9: api.stage: found 1; allowed: a string such as "prod""#]],
    );
}

#[test]
fn open_list_hides_what_follows() {
    check(
        "architecture = 1\n[network]\nprimary_zone_ids = [\"use1-az1\"\nzones = 9\n",
        expect![[r#"
            tideover.toml:1:16: architecture: found 1; allowed: "arm64" or "x86_64"
            tideover.toml:4:1: found text that is not TOML (missing comma between array elements); allowed: `,`"#]],
    );
}

#[test]
fn open_table_hides_what_follows() {
    check(
        "[regions\nprimary = \"us-east-1\"\nstandby = 1",
        expect!["tideover.toml:1:9: found text that is not TOML (unclosed table); allowed: `]`"],
    );
}

#[test]
fn key_twice() {
    check(
        "name = \"a\"\nname = \"b\"\n[api]\n[api]\n",
        expect![[r#"
        tideover.toml:2:1: found text that is not TOML (duplicate key)
        tideover.toml:4:2: found text that is not TOML (duplicate key)"#]],
    );
}

#[test]
fn several_errors_and_faults() {
    check(
        "name = a\narchitecture = \"arm\"\nactive = b\n",
        expect![[r#"
        tideover.toml:1:8: found text that is not TOML (string values must be quoted); allowed: a string such as "us-east-1"
        tideover.toml:2:16: architecture: found "arm"; allowed: "arm64" or "x86_64"
        tideover.toml:3:10: found text that is not TOML (string values must be quoted); allowed: a string such as "us-east-1""#]],
    );
}

#[test]
fn wrong_types() {
    check(
        r#"
name = 1
architecture = true
regions = "us-east-1"
tags = ["a"]
functions = 3
[objectives]
rto_seconds = "300"
rpo_seconds = 1.5
[network]
primary_cidr = 10
primary_zone_ids = "use1-az1"
standby_zone_ids = [1]
zones = 0x7
nat_gateways = 99999999999999999999
[storage]
replicate_delete_markers = "yes"
[dns]
check_interval_seconds = 1979-05-27
record = { a = 1 }
"#,
        expect![[r#"
            tideover.toml:2:8: name: found 1; allowed: a string such as "payment"
            tideover.toml:3:16: architecture: found true; allowed: "arm64" or "x86_64"
            tideover.toml:4:11: regions: found "us-east-1"; allowed: a table; type `[regions]` on a line of its own
            tideover.toml:5:8: tags: found a list; allowed: a table of strings such as { CostCenter = "payments" }
            tideover.toml:6:13: functions: found 3; allowed: tables; type `[[functions]]` before each
            tideover.toml:8:15: objectives.rto_seconds: found "300"; allowed: a whole number from 1 to 86400
            tideover.toml:9:15: objectives.rpo_seconds: found 1.5; allowed: a whole number from 1 to 3600
            tideover.toml:11:16: network.primary_cidr: found 10; allowed: a string such as "10.0.0.0/16"
            tideover.toml:12:20: network.primary_zone_ids: found "use1-az1"; allowed: a list of strings such as ["use1-az1"]
            tideover.toml:13:21: network.standby_zone_ids[0]: found 1; allowed: a string such as "use1-az1"
            tideover.toml:14:9: network.zones: found 0x7; allowed: a whole number from 2 to 6
            tideover.toml:15:16: network.nat_gateways: found 99999999999999999999; allowed: a whole number from 1 to 6
            tideover.toml:17:28: storage.replicate_delete_markers: found "yes"; allowed: true or false
            tideover.toml:19:26: dns.check_interval_seconds: found a date or time; allowed: 10 or 30
            tideover.toml:20:10: dns.record: found a table; allowed: a string such as "api""#]],
    );
}

#[test]
fn wrong_kinds_of_tables() {
    check(
        r#"
functions = [3, { name = "a", routes = ["GET /health"] }]
[[regions]]
primary = "us-east-1"
"#,
        expect![[r#"
            tideover.toml:2:14: functions[0]: found 3; allowed: tables; type `[[functions]]` before each
            tideover.toml:3:1: regions: found a list; allowed: a table; type `[regions]` on a line of its own"#]],
    );
    check(
        "[functions]\nname = \"a\"",
        expect![
            "tideover.toml:1:2: functions: found a table; allowed: tables; type `[[functions]]` before each"
        ],
    );
}

#[test]
fn columns_count_characters() {
    check(
        "tags = { a = \"ääää\", b = 1 }\n",
        expect![[r#"tideover.toml:1:26: tags.b: found 1; allowed: a string such as "payments""#]],
    );
    check(
        "\u{feff}name = 1",
        expect![[r#"tideover.toml:1:8: name: found 1; allowed: a string such as "payment""#]],
    );
    check(
        "name = \"a\"\r\narchitecture = 1\r\n",
        expect![[r#"tideover.toml:2:16: architecture: found 1; allowed: "arm64" or "x86_64""#]],
    );
}

#[test]
fn what_is_found_is_escaped_and_short() {
    check(
        "name = \"\\u001b[31mred\"",
        expect![[
            r#"tideover.toml:1:8: name: found "\u{1b}[31mred"; allowed: 1 to 16 lower-case letters, digits and single hyphens between them, beginning with a letter, such as "payment""#
        ]],
    );
    check(
        &format!("name = \"{}\"", "long".repeat(100)),
        expect![[
            r#"tideover.toml:1:8: name: found "longlonglonglonglonglonglonglonglonglonglonglonglonglonglong"…; allowed: 1 to 16 lower-case letters, digits and single hyphens between them, beginning with a letter, such as "payment""#
        ]],
    );
    check(
        &format!("\"{}\\n\" = 1", "long".repeat(100)),
        expect![[
            r#"tideover.toml:1:1: "longlonglonglonglonglonglonglonglonglonglonglonglonglonglong"…: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions"#
        ]],
    );
}

#[test]
fn deep_nesting() {
    check(
        &format!("name = {}", "[".repeat(100_000)),
        expect![
            "tideover.toml:1:88: found text that is not TOML (cannot recurse further; max recursion depth met)"
        ],
    );
    check(
        &format!("{}a = 1", "a.".repeat(100_000)),
        expect!["tideover.toml:1:1: found text that is not TOML (recursion limit)"],
    );
    let key = format!("{}a", "a.".repeat(78));
    let opened = format!("{{ {key} = ").repeat(78);
    let closed = "}".repeat(78);
    check(
        &format!("{key} = {opened}1{closed}"),
        expect![
            "tideover.toml:1:1: a: found an unknown key; allowed: name, environment_suffix, account, architecture, regions, objectives, network, database, storage, api, dns, processor, monitoring, automatic, tags, functions"
        ],
    );
}
