//! What is said of a scenario that cannot be read.

use drill::parse;
use expect_test::{Expect, expect};

#[track_caller]
fn check(text: &str, expected: Expect) {
    let said = match parse("test", text) {
        Ok(scenario) => format!("nothing is wrong:\n{scenario}"),
        Err(mistakes) => {
            let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
    };
    expected.assert_eq(&said);
}

/// The same below a title.
#[track_caller]
fn check_line(line: &str, expected: Expect) {
    check(&format!("title Test\n{line}\n"), expected);
}

#[test]
fn no_title() {
    check(
        "",
        expect!["1:1: found no title; allowed: a line such as `title  The active Region is lost`"],
    );
    check(
        "title   # nothing\n",
        expect!["1:6: found the end of the line; allowed: one sentence for people"],
    );
}

#[test]
fn everything_at_once() {
    check(
        "title   The Region is lost\n\
         clinets 3\n\
         accounts 2, 150% to the first\n\
         \tat 20..40  lose primary\n\
         at 20s lose primry\n\
         at 20s loose primary\n\
         +3m restore primary\n\
         expect active standby, rto soon, may loose rows\n\
         title Another\n",
        expect![[r#"
            2:1: found `clinets`; allowed: `title`, `clients`, `accounts`, `refunds`, `deadline`, `resolvers`, `connections`, `requests`, `cards`, `operator`, `expect`, `at`, `+`, `run`, `before`, `behind` or `step`; did you mean `clients`?
            3:13: found `150%`; allowed: a number from 1 to 10000 or a percentage from `0%` to `100%`
            4:5: found `20..40`; allowed: a time such as `500ms`, `30s` or `20s..2m`, at most `24h`
            5:13: found `primry`; allowed: `primary`, `standby`, `database`, `service`, `store`, `store-endpoint`, `witness`, `control-planes`, `processor` or `messages`; did you mean `primary`?
            6:8: found `loose`; allowed: `lose`, `restore`, `isolate`, `reconnect`, `freeze`, `unfreeze`, `slow`, `speed`, `fill`, `free`, `cut`, `mend`, `lag`, `catch`, `break`, `refuse`, `allow`, `leave`, `make`, `skew`, `correct`, `silence`, `unsilence`, `stall`, `unstall`, `run`, `abort`, `pause`, `kill`, `start`, `restart`, `interrupt`, `keep` or `maybe`; did you mean `lose`?
            8:28: found `soon`; allowed: one time such as `500ms`, `30s` or `3m`, not 0, at most `24h`
            8:38: found `loose`; allowed: `lose`
            9:1: found `title` again; allowed: one such line, and it is line 1"#]],
    );
}

#[test]
fn topics() {
    check_line(
        "clients",
        expect!["2:8: found the end of the line; allowed: `every` or a number from 1 to 10000"],
    );
    check_line(
        "clients 0",
        expect!["2:9: found `0`; allowed: `every` or a number from 1 to 10000"],
    );
    check_line(
        "clients 10001, 4 payments",
        expect![[r#"
            2:9: found `10001`; allowed: `every` or a number from 1 to 10000
            2:26: found the end of the line; allowed: `each`"#]],
    );
    check_line("clients 3, 4", expect!["2:12: found `4` again; allowed: each part once"]);
    check_line(
        "clients 3 4 payments each",
        expect!["2:11: found `4`; allowed: `payments` or a comma"],
    );
    check_line(
        "clients 3,, every 1s,",
        expect![[r#"
            2:11: found `,`; allowed: `every` or a number from 1 to 10000
            2:22: found the end of the line; allowed: `every` or a number from 1 to 10000"#]],
    );
    check_line(
        "deadline 0s, again after 0s..2s",
        expect![[r#"
            2:10: found `0s`; allowed: `again` or one time such as `500ms`, `30s` or `3m`, not 0, at most `24h`
            2:26: found `0s..2s`; allowed: a time such as `500ms` or `1s..3s`, not 0, at most `24h`"#]],
    );
    check_line(
        "deadline 3s..4s, again after 2s..1s",
        expect![[r#"
            2:10: found `3s..4s`; allowed: `again` or one time such as `500ms`, `30s` or `3m`, not 0, at most `24h`
            2:30: found `2s..1s`; allowed: a time such as `500ms` or `1s..3s`, not 0, at most `24h`"#]],
    );
    check_line(
        "deadline 25h, after 1s",
        expect![[r#"
            2:10: found `25h`; allowed: `again` or one time such as `500ms`, `30s` or `3m`, not 0, at most `24h`
            2:15: found `after`; allowed: `again` or one time such as `500ms`, `30s` or `3m`, not 0, at most `24h`"#]],
    );
    check_line(
        "resolvers 10 % ignore the TTL",
        expect!["2:11: found `10`; allowed: a percentage from `0%` to `100%`"],
    );
    check_line("resolvers 10%", expect!["2:14: found the end of the line; allowed: `ignore`"]);
    check_line(
        "operator detects by 3 failed probes, 2 approvers",
        expect!["2:36: found `,`; allowed: `every`"],
    );
    check_line(
        "refunds 1.5%",
        expect!["2:9: found `1.5%`; allowed: a percentage from `0%` to `100%`"],
    );
}

#[test]
fn triggers() {
    check_line(
        "at lose primary",
        expect![
            "2:4: found `lose`; allowed: a time such as `500ms`, `30s` or `20s..2m`, at most `24h`"
        ],
    );
    check_line(
        "at 20s",
        expect![
            "2:7: found the end of the line; allowed: `lose`, `restore`, `isolate`, `reconnect`, `freeze`, `unfreeze`, `slow`, `speed`, `fill`, `free`, `cut`, `mend`, `lag`, `catch`, `break`, `refuse`, `allow`, `leave`, `make`, `skew`, `correct`, `silence`, `unsilence`, `stall`, `unstall`, `run`, `abort`, `pause`, `kill`, `start`, `restart`, `interrupt`, `keep` or `maybe`"
        ],
    );
    check_line(
        "at 1m30s lose primary",
        expect![
            "2:4: found `1m30s`; allowed: a time such as `500ms`, `30s` or `20s..2m`, at most `24h`"
        ],
    );
    check_line(
        "at 20s maybe lose primary",
        expect!["2:14: found `lose`; allowed: a percentage from `0%` to `100%`"],
    );
    check_line(
        "at 20s maybe 30% loose primary",
        expect![
            "2:18: found `loose`; allowed: `lose`, `restore`, `isolate`, `reconnect`, `freeze`, `unfreeze`, `slow`, `speed`, `fill`, `free`, `cut`, `mend`, `lag`, `catch`, `break`, `refuse`, `allow`, `leave`, `make`, `skew`, `correct`, `silence`, `unsilence`, `stall`, `unstall`, `run`, `abort`, `pause`, `kill`, `start`, `restart`, `interrupt` or `keep`; did you mean `lose`?"
        ],
    );
    check_line(
        "20s lose primary",
        expect![
            "2:1: found `20s`; allowed: `title`, `clients`, `accounts`, `refunds`, `deadline`, `resolvers`, `connections`, `requests`, `cards`, `operator`, `expect`, `at`, `+`, `run`, `before`, `behind` or `step`"
        ],
    );
    check_line(
        "+ lose primary",
        expect![
            "2:3: found `lose`; allowed: a time such as `500ms`, `30s` or `20s..2m`, at most `24h`"
        ],
    );
    check_line(
        "before promote-databse kill runner for 5s",
        expect![
            "2:8: found `promote-databse`; allowed: `check-preconditions`, `triage`, `snapshot-evidence`, `approve-loss`, `close-earlier`, `begin-run`, `mute-alarms`, `stop-intake`, `stop-source`, `wait-for-fence`, `drain-outbox`, `wait-for-replication`, `record-tail`, `pass-point-of-no-return`, `switch-database`, `promote-database`, `approve-detach`, `detach-database`, `verify-database`, `raise-epoch`, `hold-missing`, `open`, `start-workers`, `try-payment`, `direct-traffic`, `confirm-traffic`, `stabilize`, `ask-processor`, `unmute-alarms`, `swap-monitoring`, `write-report`, `await-source`, `hold-source`, `rescue-tail`, `settle-missing`, `converge`, `restore-protection`, `close`, `confirm-writer`, `abort` or `reopen-source`; did you mean `promote-database`?"
        ],
    );
    check_line(
        "behind the-moon lose primary",
        expect![
            "2:8: found `the-moon`; allowed: `check-preconditions`, `triage`, `snapshot-evidence`, `approve-loss`, `close-earlier`, `begin-run`, `mute-alarms`, `stop-intake`, `stop-source`, `wait-for-fence`, `drain-outbox`, `wait-for-replication`, `record-tail`, `pass-point-of-no-return`, `switch-database`, `promote-database`, `approve-detach`, `detach-database`, `verify-database`, `raise-epoch`, `hold-missing`, `open`, `start-workers`, `try-payment`, `direct-traffic`, `confirm-traffic`, `stabilize`, `ask-processor`, `unmute-alarms`, `swap-monitoring`, `write-report`, `await-source`, `hold-source`, `rescue-tail`, `settle-missing`, `converge`, `restore-protection`, `close`, `confirm-writer`, `abort` or `reopen-source`"
        ],
    );
    check_line(
        "step 5s kill runner for 5s",
        expect!["2:6: found `5s`; allowed: a number or a range such as `0..60`, at most 10000"],
    );
    check_line("run over 5s run failback", expect!["2:10: found `5s`; allowed: `+`"]);
    check_line(
        "run failover",
        expect![
            "2:1: found `run failover` without a time; allowed: it after `at 20s`, `+5s`, `before open` or the like"
        ],
    );
}

#[test]
fn happenings() {
    check_line(
        "at 20s lose",
        expect![
            "2:12: found the end of the line; allowed: `primary`, `standby`, `database`, `service`, `store`, `store-endpoint`, `witness`, `control-planes`, `processor` or `messages`"
        ],
    );
    check_line(
        "at 20s lose databse of primary",
        expect![
            "2:13: found `databse`; allowed: `primary`, `standby`, `database`, `service`, `store`, `store-endpoint`, `witness`, `control-planes`, `processor` or `messages`; did you mean `database`?"
        ],
    );
    check_line(
        "at 20s lose database of both",
        expect!["2:25: found `both`; allowed: `primary` or `standby`"],
    );
    check_line(
        "at 20s lose primary now",
        expect!["2:21: found `now`; allowed: the end of the line"],
    );
    check_line(
        "at 20s slow primary 1x",
        expect!["2:21: found `1x`; allowed: a factor from `2x` to `10000x`"],
    );
    check_line(
        "at 20s cut from primary to primary",
        expect!["2:28: found `primary`; allowed: `standby`"],
    );
    check_line(
        "at 20s skew clock of primary 1s",
        expect!["2:32: found the end of the line; allowed: `ahead` or `behind`"],
    );
    check_line(
        "at 20s run failovr",
        expect![
            "2:12: found `failovr`; allowed: `switchover`, `failover`, `failback` or `rival`; did you mean `failover`?"
        ],
    );
    check_line("at 20s pause run", expect!["2:17: found the end of the line; allowed: `for`"]);
    check_line(
        "at 20s lose messages 5%%",
        expect!["2:22: found `5%%`; allowed: a percentage from `0%` to `100%`"],
    );
}

#[test]
fn an_end_without_a_beginning() {
    check_line(
        "at 20s restore primary",
        expect![
            "2:8: found `restore primary`; allowed: it only after a line that begins what it ends"
        ],
    );
    check_line(
        "at 20s lose standby\n+5s restore primary",
        expect![
            "3:5: found `restore primary`; allowed: it only after a line that begins what it ends"
        ],
    );
    check_line(
        "at 20s maybe 5% correct clock of standby",
        expect![
            "2:17: found `correct clock of standby`; allowed: it only after a line that begins what it ends"
        ],
    );
}

#[test]
fn odd_characters() {
    check_line(
        "at 20s lose \u{1b}[31mprimary",
        expect![[
            r#"2:13: found `\u{1b}[31mprimary`; allowed: `primary`, `standby`, `database`, `service`, `store`, `store-endpoint`, `witness`, `control-planes`, `processor` or `messages`"#
        ]],
    );
    check_line(
        "größe 3, ä",
        expect![
            "2:1: found `größe`; allowed: `title`, `clients`, `accounts`, `refunds`, `deadline`, `resolvers`, `connections`, `requests`, `cards`, `operator`, `expect`, `at`, `+`, `run`, `before`, `behind` or `step`"
        ],
    );
    check_line(
        &"x".repeat(200),
        expect![
            "2:1: found `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`; allowed: `title`, `clients`, `accounts`, `refunds`, `deadline`, `resolvers`, `connections`, `requests`, `cards`, `operator`, `expect`, `at`, `+`, `run`, `before`, `behind` or `step`"
        ],
    );
}

#[test]
fn names() {
    let said = |name: &str| parse(name, "title Test").map_err(|mistakes| mistakes[0].to_string());
    expect![
        "1:1: found the name `two words`; allowed: letters, digits and hyphens: rename the file"
    ]
    .assert_eq(&said("two words").expect_err("a space is no part of a name"));
    expect!["1:1: found the name ``; allowed: letters, digits and hyphens: rename the file"]
        .assert_eq(&said("").expect_err("nothing is no name"));
    assert!(said("region-lost-2").is_ok());
}
