//! Configurations of endpoints: what is read, and every fault at once.

use expect_test::{Expect, expect};
use notify::{EndpointId, Endpoints};
use payments::EventKind;

use crate::support::{SECRET, account, endpoints, event};

/// What is wrong with a configuration; secrets and addresses are not repeated.
#[track_caller]
fn check(json: &str, expected: Expect) {
    let told = match Endpoints::parse(json) {
        Ok(endpoints) => format!("{endpoints:?}"),
        Err(faults) => faults.to_string(),
    };
    assert!(!told.contains("whsec_M") && !told.contains("private"), "{told}");
    expected.assert_eq(&told);
}

#[test]
fn what_is_not_a_configuration() {
    check("", expect![[r#"line 1, column 0: is not JSON; allowed: `{"endpoints": […]}`"#]]);
    check(
        "{\"endpoints\": [\n  {,}]}",
        expect![[r#"line 2, column 4: is not JSON; allowed: `{"endpoints": […]}`"#]],
    );
    check("[]", expect![[r#"the document: is not an object; allowed: `{"endpoints": […]}`"#]]);
    check("{}", expect!["endpoints: is missing; allowed: a list of endpoints"]);
    check("{\"endpoints\": {}}", expect!["endpoints: is not a list; allowed: a list of endpoints"]);
    check("{\"endpoints\": []}", expect!["Endpoints({})"]);
    check(
        "{\"endpoints\": [[]], \"webhooks\": [], \"whsec_MfKQ9r8GKYqr\": 1}",
        expect![[r#"
        webhooks: is an unknown key; allowed: `endpoints`
        (not shown): is an unknown key; allowed: `endpoints`
        endpoints[0]: is not an object; allowed: an object with `id`, `url` and `secrets`"#]],
    );
}

#[test]
fn every_fault_at_once() {
    check(
        &format!(
            r#"{{"endpoints": [
                {{}},
                {{"id": "Shop 1", "account": "acc_1", "url": "ftp://private.example", "secrets": [],
                  "revision": 0, "events": [], "sercets": []}},
                {{"id": 1, "account": 1, "url": 1, "secrets": "{SECRET}", "revision": "1",
                  "events": "payment.posted"}},
                {{"id": "a", "url": "https://private.example/",
                  "secrets": ["{SECRET}", 1, "whsec_MfKQ"], "events": ["payment.posted", "paid", 1]}},
                {{"id": "a", "url": "https://private.example/", "secrets": ["{SECRET}", "{SECRET}"]}},
                {{"id": "b", "url": "https://private.example/", "revision": 4294967296,
                  "secrets": ["{SECRET}", "{SECRET}", "{SECRET}", "{SECRET}"]}},
                {{"id": "c", "url": "https://private.example/", "secrets": ["{SECRET}"]}},
                {{"id": "c", "url": "https://private.example/", "secrets": ["{SECRET}"]}}
            ]}}"#
        ),
        expect![[r#"
            endpoints[0].id: is missing; allowed: 1 to 64 lower-case letters, digits and hyphens
            endpoints[0].url: is missing; allowed: an `https://` address with a host and without user, password, fragment or blanks; `http://` for `localhost` and loopback addresses only
            endpoints[0].secrets: is missing; allowed: 1 to 3 secrets, newest first
            endpoints[1].sercets: is an unknown key; allowed: `id`, `account`, `url`, `secrets`, `revision`, `events`
            endpoints[1].id: has another form; allowed: 1 to 64 lower-case letters, digits and hyphens
            endpoints[1].account: has another form; allowed: the id of an account, or nothing for all
            endpoints[1].url: has another form; allowed: an `https://` address with a host and without user, password, fragment or blanks; `http://` for `localhost` and loopback addresses only
            endpoints[1].secrets: has 0; allowed: 1 to 3 secrets, newest first
            endpoints[1].revision: has another form; allowed: a whole number from 1 to 4294967295
            endpoints[1].events: is empty; allowed: at least one kind, or no `events` for all
            endpoints[2].id: is not a text; allowed: 1 to 64 lower-case letters, digits and hyphens
            endpoints[2].account: is not a text; allowed: the id of an account, or nothing for all
            endpoints[2].url: is not a text; allowed: an `https://` address with a host and without user, password, fragment or blanks; `http://` for `localhost` and loopback addresses only
            endpoints[2].secrets: is not a list; allowed: 1 to 3 secrets, newest first
            endpoints[2].revision: has another form; allowed: a whole number from 1 to 4294967295
            endpoints[2].events: is not a list; allowed: `payment.posted`, `payment.succeeded`, `payment.declined`, `payment.corrected`, `refund.posted`, `refund.succeeded`, `refund.declined`, `refund.corrected`
            endpoints[3].secrets[1]: is not a text; allowed: `whsec_` and the base64 of 24 to 64 bytes
            endpoints[3].secrets[2]: has another form; allowed: `whsec_` and the base64 of 24 to 64 bytes
            endpoints[3].events[1]: has another form; allowed: `payment.posted`, `payment.succeeded`, `payment.declined`, `payment.corrected`, `refund.posted`, `refund.succeeded`, `refund.declined`, `refund.corrected`
            endpoints[3].events[2]: is not a text; allowed: `payment.posted`, `payment.succeeded`, `payment.declined`, `payment.corrected`, `refund.posted`, `refund.succeeded`, `refund.declined`, `refund.corrected`
            endpoints[4].id: is there twice; allowed: a name of its own for each
            endpoints[4].secrets: has one of them twice; allowed: 1 to 3 secrets, newest first
            endpoints[5].secrets: has 4; allowed: 1 to 3 secrets, newest first
            endpoints[5].revision: has another form; allowed: a whole number from 1 to 4294967295
            endpoints[7].id: is there twice; allowed: a name of its own for each"#]],
    );
}

#[test]
fn addresses() {
    let check = |url: &str| {
        let json = serde_json::json!({
            "endpoints": [{ "id": "a", "url": url, "secrets": [SECRET] }]
        });
        Endpoints::parse(&json.to_string()).is_ok()
    };
    let taken = [
        "https://shop.example",
        "https://shop.example/",
        "https://shop.example/hooks/a?b=c&d",
        "https://shop.example?b",
        "https://shop.example:8443/",
        "https://a-b.xn--bcher-kva.example/",
        "https://my_shop.example/",
        "https://203.0.113.7/",
        "https://[2001:db8::7]:8443/",
        "https://localhost/",
        "http://localhost:8080/hooks",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://[::1]:8080/",
    ];
    let long = format!("https://shop.example/{}", "a".repeat(2_000));
    let refused = [
        "",
        "shop.example",
        "//shop.example/",
        "https:/shop.example/",
        "https://",
        "https:///hooks",
        "HTTPS://shop.example/",
        "http://shop.example/",
        "http://203.0.113.7/",
        "http://[2001:db8::7]/",
        "http://localhost.example/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "https://0x7f.1/",
        "https://999.1.1.1/",
        "https://user@shop.example/",
        "https://user:password@shop.example/",
        "https://shop.example:/",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "https://shop.example:+80/",
        "https://shop.example:80:80/",
        "https://[::1/",
        "https://[127.0.0.1]/",
        "https://[::1]8080/",
        "https://shop..example/",
        "https://-shop.example/",
        "https://shop-.example/",
        "https://shop.example/#hooks",
        "https://shop.example/a b",
        "https://shop.example\\hooks",
        " https://shop.example/",
        "https://shöp.example/",
        "file:///etc/passwd",
        &long,
    ];
    assert_eq!(taken.iter().find(|url| !check(url)), None);
    assert_eq!(refused.iter().find(|url| check(url)), None);
}

#[test]
fn which_endpoints_an_event_goes_to() {
    let mine = format!(r#""id": "mine", "url": "https://a.example", "account": "{}""#, account(1));
    let other =
        format!(r#""id": "other", "url": "https://a.example", "account": "{}""#, account(2));
    let all = endpoints(&[
        r#""id": "z-all", "url": "https://a.example""#,
        &mine,
        &other,
        r#""id": "last", "url": "https://a.example", "events": ["payment.succeeded", "payment.declined"]"#,
        r#""id": "null", "url": "https://a.example", "events": null, "account": null, "revision": null"#,
    ]);
    let of = |kind| {
        let ids = all.of(&event(kind)).iter().map(EndpointId::to_string).collect::<Vec<_>>();
        ids.join(" ")
    };
    assert_eq!(of(EventKind::PaymentPosted), "mine null z-all");
    assert_eq!(of(EventKind::PaymentDeclined), "last mine null z-all");
}

#[test]
fn revisions_by_name() {
    let all = endpoints(&[
        r#""id": "b", "url": "https://a.example", "revision": 3"#,
        r#""id": "a", "url": "https://a.example""#,
    ]);
    let revisions: Vec<_> = all.revisions().into_iter().collect();
    let id = |text| EndpointId::parse(text).unwrap();
    assert_eq!(revisions, [(id("a"), 1), (id("b"), 3)]);
    assert_eq!(all.get(&id("b")).map(notify::Endpoint::revision), Some(3));
    assert_eq!(all.get(&id("c")), None);
}
