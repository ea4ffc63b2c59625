//! What scenarios look like, read and written.

use drill::parse;
use expect_test::{Expect, expect};

#[track_caller]
fn check(text: &str, expected: Expect) {
    let scenario = parse("test", text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    expected.assert_eq(&scenario.to_string());
}

#[test]
fn what_a_file_with_a_title_means() {
    check(
        "# a comment\n\n  title   Nothing   fails  # another\n",
        expect![[r#"
            title        Nothing   fails
            clients      3, 4 payments each, every 1s..3s
            accounts     2, 50% to the first
            refunds      20%
            deadline     3s, again after 500ms..2s
            operator     decides in 5s..30s, 2 approvers
        "#]],
    );
}

#[test]
fn every_topic() {
    check(
        "title Everything is odd\n\
         clients 1, every 0s, 1 payment each\n\
         accounts 100% to the first\n\
         refunds 0%\n\
         deadline again after 90s..120s, 1500ms\n\
         resolvers 10% ignore the TTL\n\
         connections 20% outlive DNS\n\
         requests 30% sent twice\n\
         cards 40% odd\n\
         operator 1 approver, decides in 0s..1m, detects by 1 failed probe every 10s\n\
         expect may lose rows, pause 30s, rto 180s, active standby\n",
        expect![[r#"
            title        Everything is odd
            clients      1, 1 payment each, every 0s
            accounts     2, 100% to the first
            refunds      0%
            deadline     1500ms, again after 90s..2m
            resolvers    10% ignore the TTL
            connections  20% outlive DNS
            requests     30% sent twice
            cards        40% odd
            operator     detects by 1 failed probe every 10s, decides in 0s..1m, 1 approver
            expect       active standby, rto 3m, pause 30s, may lose rows
        "#]],
    );
}

#[test]
fn every_trigger() {
    check(
        "title Times\n\
         + 5s lose witness\n\
         at 20s..40s maybe 30%  lose primary\n\
         +3m..5m restore primary\n\
         run over +0s run failback\n\
         before promote-database start second runner\n\
         behind open abort run\n\
         step 0..60 maybe 100% kill runner for 3600s\r\n",
        expect![[r#"
            title        Times
            clients      3, 4 payments each, every 1s..3s
            accounts     2, 50% to the first
            refunds      20%
            deadline     3s, again after 500ms..2s
            operator     decides in 5s..30s, 2 approvers
            +5s                      lose witness
            at 20s..40s maybe 30%    lose primary
            +3m..5m                  restore primary
            run over +0s             run failback
            before promote-database  start second runner
            behind open              abort run
            step 0..60               kill runner for 1h
        "#]],
    );
}

#[test]
fn every_fault_and_its_end() {
    check(
        "title Faults\n\
         at 1s lose primary\n\
         +1s isolate primary\n\
         +1s freeze primary\n\
         +1s slow primary 20x\n\
         +1s lose database of standby\n\
         +1s lose service of standby\n\
         +1s cut from primary to standby\n\
         +1s cut from standby to primary\n\
         +1s lose store of primary\n\
         +1s lose store-endpoint of primary\n\
         +1s lose witness\n\
         +1s lag replication 60000ms\n\
         +1s lose control-planes of primary\n\
         +1s break storage-fence\n\
         +1s refuse promotion\n\
         +1s leave promotion unclear 1 time\n\
         +1s skew clock of primary 1500ms ahead\n\
         +1s skew clock of standby 1s behind\n\
         +1s silence processor\n\
         +1s lose processor\n\
         +1s lose messages 5%\n\
         +1s restore primary\n\
         +1s reconnect primary\n\
         +1s unfreeze primary\n\
         +1s speed up primary\n\
         +1s restore database of standby\n\
         +1s restore service of standby\n\
         +1s mend from primary to standby\n\
         +1s mend from standby to primary\n\
         +1s restore store of primary\n\
         +1s restore store-endpoint of primary\n\
         +1s restore witness\n\
         +1s catch up replication\n\
         +1s restore control-planes of primary\n\
         +1s restore storage-fence\n\
         +1s allow promotion\n\
         +1s make promotion clear\n\
         +1s correct clock of primary\n\
         +1s correct clock of standby\n\
         +1s unsilence processor\n\
         +1s restore processor\n\
         +1s restore messages\n",
        expect![[r#"
            title        Faults
            clients      3, 4 payments each, every 1s..3s
            accounts     2, 50% to the first
            refunds      20%
            deadline     3s, again after 500ms..2s
            operator     decides in 5s..30s, 2 approvers
            at 1s        lose primary
            +1s          isolate primary
            +1s          freeze primary
            +1s          slow primary 20x
            +1s          lose database of standby
            +1s          lose service of standby
            +1s          cut from primary to standby
            +1s          cut from standby to primary
            +1s          lose store of primary
            +1s          lose store-endpoint of primary
            +1s          lose witness
            +1s          lag replication 1m
            +1s          lose control-planes of primary
            +1s          break storage-fence
            +1s          refuse promotion
            +1s          leave promotion unclear 1 time
            +1s          skew clock of primary 1500ms ahead
            +1s          skew clock of standby 1s behind
            +1s          silence processor
            +1s          lose processor
            +1s          lose messages 5%
            +1s          restore primary
            +1s          reconnect primary
            +1s          unfreeze primary
            +1s          speed up primary
            +1s          restore database of standby
            +1s          restore service of standby
            +1s          mend from primary to standby
            +1s          mend from standby to primary
            +1s          restore store of primary
            +1s          restore store-endpoint of primary
            +1s          restore witness
            +1s          catch up replication
            +1s          restore control-planes of primary
            +1s          restore storage-fence
            +1s          allow promotion
            +1s          make promotion clear
            +1s          correct clock of primary
            +1s          correct clock of standby
            +1s          unsilence processor
            +1s          restore processor
            +1s          restore messages
        "#]],
    );
}

#[test]
fn everything_that_people_and_runners_do() {
    check(
        "title People\n\
         at 1s run switchover\n\
         +1s run failover\n\
         +1s run failback\n\
         +1s run rival failover\n\
         +1s abort run\n\
         +1s pause run for 1m..2m\n\
         +1s kill runner for 5s\n\
         +1s start second runner\n\
         +1s restart service of primary\n\
         +1s interrupt action 1 time\n\
         +1s leave action unclear 2 times\n\
         +1s refuse action 3 times\n\
         +1s keep 1 line of journal\n",
        expect![[r#"
            title        People
            clients      3, 4 payments each, every 1s..3s
            accounts     2, 50% to the first
            refunds      20%
            deadline     3s, again after 500ms..2s
            operator     decides in 5s..30s, 2 approvers
            at 1s        run switchover
            +1s          run failover
            +1s          run failback
            +1s          run rival failover
            +1s          abort run
            +1s          pause run for 1m..2m
            +1s          kill runner for 5s
            +1s          start second runner
            +1s          restart service of primary
            +1s          interrupt action 1 time
            +1s          leave action unclear 2 times
            +1s          refuse action 3 times
            +1s          keep 1 line of journal
        "#]],
    );
}
