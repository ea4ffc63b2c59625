//! Functions that cannot be, alone or together.

use expect_test::expect;

use crate::check;

#[test]
fn each_field() {
    check(
        r#"
[[functions]]
name = "Payment"
code = "../dist/payment.zip"
runtime = "python3.8"
handler = "a b"
memory_mb = 64
timeout_seconds = 901
reserved_concurrency = 0
provisioned_concurrency = -1
routes = ["GET health", "get /health", "GET /a/{}", "GET /a//b", "GET /{a}/{a}"]
uses = ["ledger", "queue", "ledger"]
worker = "no"
group = "lambda"
environment = { A = "x", AWS_REGION = "x", "b c" = "x", LEVEL = 3 }
"#,
        expect![[r#"
            tideover.toml:3:8: functions[0].name: found "Payment"; allowed: 1 to 31 lower-case letters, digits and single hyphens between them, beginning with a letter
            tideover.toml:4:8: functions[0].code: found "../dist/payment.zip"; allowed: a path relative to the file, with forward slashes and no `.` or `..` in it, such as "dist/payment-validation.zip"
            tideover.toml:5:11: functions[0].runtime: found "python3.8"; allowed: "provided.al2023", "nodejs22.x", "python3.13", "java21" or "ruby3.4"
            tideover.toml:6:11: functions[0].handler: found "a b"; allowed: 1 to 128 characters without spaces, such as "bootstrap"
            tideover.toml:7:13: functions[0].memory_mb: found 64; allowed: a whole number from 128 to 10240
            tideover.toml:8:19: functions[0].timeout_seconds: found 901; allowed: a whole number from 1 to 900
            tideover.toml:9:24: functions[0].reserved_concurrency: found 0; allowed: a whole number from 1 to 10000
            tideover.toml:10:27: functions[0].provisioned_concurrency: found -1; allowed: a whole number from 0 to 10000
            tideover.toml:11:11: functions[0].routes[0]: found "GET health"; allowed: DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT, a space and a path, such as "GET /payments/{id}"
            tideover.toml:11:25: functions[0].routes[1]: found "get /health"; allowed: DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT, a space and a path, such as "GET /payments/{id}"
            tideover.toml:11:40: functions[0].routes[2]: found "GET /a/{}"; allowed: DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT, a space and a path, such as "GET /payments/{id}"
            tideover.toml:11:53: functions[0].routes[3]: found "GET /a//b"; allowed: DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT, a space and a path, such as "GET /payments/{id}"
            tideover.toml:11:66: functions[0].routes[4]: found "GET /{a}/{a}"; allowed: DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT, a space and a path, such as "GET /payments/{id}"
            tideover.toml:12:19: functions[0].uses[1]: found "queue"; allowed: "ledger", "sessions", "receipts" or "events"
            tideover.toml:12:28: functions[0].uses[2]: found "ledger"; allowed: each word once
            tideover.toml:13:10: functions[0].worker: found "no"; allowed: true or false
            tideover.toml:14:9: functions[0].group: found "lambda"; allowed: 1 to 16 letters and digits, beginning with a capital, such as "Lambda"
            tideover.toml:15:17: functions[0].environment.A: found the name "A"; allowed: 2 letters, digits and `_` or more, beginning with a letter
            tideover.toml:15:26: functions[0].environment.AWS_REGION: found the name "AWS_REGION"; allowed: a name that does not begin with `AWS_`
            tideover.toml:15:44: functions[0].environment."b c": found the name "b c"; allowed: 2 letters, digits and `_` or more, beginning with a letter
            tideover.toml:15:65: functions[0].environment.LEVEL: found 3; allowed: a string such as "info""#]],
    );
}

#[test]
fn no_name() {
    check(
        "[[functions]]\nroutes = [\"GET /health\"]\n",
        expect![[
            r#"tideover.toml:1:3: functions[0].name: found no `name`; allowed: a `name`; type `name = "payment-validation"`"#
        ]],
    );
}

#[test]
fn code_outside() {
    for code in ["/a.zip", "a/../b.zip", "a\\\\b.zip", "C:a.zip", ""] {
        let text = format!(
            "functions = [{{ name = \"a\", routes = [\"GET /health\"], code = \"{code}\" }}]"
        );
        let faults = topology::parse(&text, "f", &topology::Overrides::default());
        let keys: Vec<String> = faults
            .expect_err("the code is outside")
            .iter()
            .map(|fault| fault.key.clone())
            .collect();
        assert_eq!(keys, ["functions[0].code"], "{code}");
    }
}

#[test]
fn groups_of_other_stacks() {
    check(
        "[[functions]]\nname = \"a\"\nroutes = [\"GET /health\"]\ngroup = \"Vpc\"",
        expect![[
            r#"tideover.toml:4:9: functions[0].group: found "Vpc"; allowed: a name that no other stack has, such as "Lambda"; `VPC` is taken"#
        ]],
    );
}

#[test]
fn names_and_workers_once() {
    check(
        r#"
[[functions]]
name = "a"
worker = true
routes = ["GET /health"]
[[functions]]
name = "a"
worker = true
"#,
        expect![[r#"
            tideover.toml:7:8: functions[1].name: found "a"; allowed: a name of its own; `functions[0]` has this one
            tideover.toml:8:10: functions[1].worker: found true; allowed: one worker; `a` is one already"#]],
    );
}

#[test]
fn routes_once() {
    check(
        r#"
[[functions]]
name = "a"
routes = ["GET /health", "GET /payments/{id}", "GET /health"]
[[functions]]
name = "b"
routes = ["GET /payments/{payment}", "POST /payments/{payment}/refunds", "GET /health"]
"#,
        expect![[r#"
            tideover.toml:4:48: functions[0].routes[2]: found "GET /health"; allowed: each route once; `functions[0].routes[0]` answers it already
            tideover.toml:7:11: functions[1].routes[0]: found "GET /payments/{payment}"; allowed: each route once; `functions[0].routes[1]` answers it already
            tideover.toml:7:38: functions[1].routes[1]: found "POST /payments/{payment}/refunds"; allowed: one name for the segment after `/payments/`: `{id}` as in `functions[0].routes[1]`
            tideover.toml:7:74: functions[1].routes[2]: found "GET /health"; allowed: each route once; `functions[0].routes[0]` answers it already"#]],
    );
}

#[test]
fn the_switch_is_the_apis_own() {
    check(
        "[[functions]]\nname = \"a\"\nroutes = [\"GET /health\", \"GET /health/traffic\"]\n",
        expect![[
            r#"tideover.toml:3:26: functions[0].routes[1]: found "GET /health/traffic"; allowed: no route `/health/traffic`: the API answers it by itself, from the control record, so that the DNS switch shares nothing with payments (rule r53-stop-pattern); remove it"#
        ]],
    );
}

#[test]
fn no_health() {
    check(
        "[[functions]]\nname = \"a\"\n",
        expect![[
            r#"tideover.toml:1:3: functions: found no route "GET /health"; allowed: a function with the route "GET /health", which health checks ask for; type `routes = ["GET /health"]` in one"#
        ]],
    );
    check(
        "functions = []\n",
        expect![[
            r#"tideover.toml:1:13: functions: found no route "GET /health"; allowed: a function with the route "GET /health", which health checks ask for; type `routes = ["GET /health"]` in one"#
        ]],
    );
}

#[test]
fn answer_too_late() {
    check(
        "[[functions]]\nname = \"a\"\nroutes = [\"GET /health\"]\ntimeout_seconds = 30",
        expect![
            "tideover.toml:4:19: functions[0].timeout_seconds: found 30; allowed: from 1 to 29 with routes, because API Gateway waits no longer"
        ],
    );
}

#[test]
fn concurrency() {
    check(
        r#"
[[functions]]
name = "a"
routes = ["GET /health"]
uses = ["ledger"]
[[functions]]
name = "b"
reserved_concurrency = 5
provisioned_concurrency = 6
"#,
        expect![[r#"
            tideover.toml:2:1: functions[0].reserved_concurrency: found no `reserved_concurrency`; allowed: a number of invocations that bounds connections to the ledger; type `reserved_concurrency = 10` (rule lambda-db-pool-bounds)
            tideover.toml:9:27: functions[1].provisioned_concurrency: found 6; allowed: from 0 to 5, its reserved_concurrency"#]],
    );
}

#[test]
fn pool_of_connections() {
    let functions = r#"
[[functions]]
name = "a"
routes = ["GET /health"]
uses = ["ledger"]
reserved_concurrency = 1000
[[functions]]
name = "b"
reserved_concurrency = 9000
[[functions]]
name = "c"
uses = ["ledger"]
reserved_concurrency = 798
"#;
    check(
        functions,
        expect![
            "tideover.toml:13:24: functions[2].reserved_concurrency: found 1802 connections; allowed: below 1802 for all functions that use the ledger together, 4 of runs among them, the connections of db.r6g.large (rule lambda-db-pool-bounds)"
        ],
    );
    let larger = format!("[database]\ninstance_class = \"db.r6g.xlarge\"{functions}");
    check(&larger, expect!["nothing is wrong"]);
}

#[test]
fn environment_that_is_too_large() {
    let variables: Vec<String> =
        (0..2).map(|number| format!("NUMBER_{number} = \"{}\"", "x".repeat(2000))).collect();
    let text = format!(
        "[[functions]]\nname = \"a\"\nroutes = [\"GET /health\"]\nenvironment = {{ {} }}",
        variables.join(", ")
    );
    check(
        &text,
        expect![
            "tideover.toml:4:15: functions[0].environment: found 4016 bytes; allowed: at most 2560, names and values together"
        ],
    );
}

#[test]
fn names_of_functions_that_every_system_has() {
    check(
        r#"
[[functions]]
name = "runbook"
routes = ["GET /health"]
[[functions]]
name = "ledger"
[[functions]]
name = "ledger-of-cards"
[[functions]]
name = "ledgers"
group = "Runbook"
"#,
        expect![[r#"
            tideover.toml:3:8: functions[0].name: found "runbook"; allowed: a name other than `runbook`, `ledger` and what begins with `ledger-`, which are functions of tideover's own
            tideover.toml:6:8: functions[1].name: found "ledger"; allowed: a name other than `runbook`, `ledger` and what begins with `ledger-`, which are functions of tideover's own
            tideover.toml:8:8: functions[2].name: found "ledger-of-cards"; allowed: a name other than `runbook`, `ledger` and what begins with `ledger-`, which are functions of tideover's own
            tideover.toml:11:9: functions[3].group: found "Runbook"; allowed: a name that no other stack has, such as "Lambda"; `Runbook` is taken"#]],
    );
}
