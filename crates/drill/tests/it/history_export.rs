//! The exported form of histories: what it looks like, and that nothing of it is lost on the way.

use drill::{Violation, from_json, judge, to_json};
use expect_test::{Expect, expect};

use crate::history_table::read;

/// A history with everything in it that can be exported.
const EVERYTHING: &str = "
    request r1 refunds r0 500
    0      record active 1 primary
    0      dns primary
    0      gate primary open 1
    1      pay r0 p1 primary 1
    2      sent r1 1 primary
    2      intent f2:p1 k1 primary
    2      commit primary f2:p1 1/1 refused closed
    2      told r1 1 primary refused
    2      told r1 2 primary pending
    2      told r1 3 primary switching
    2      told r1 4 primary try-again
    2      told r1 5 primary silence
    2      told r1 6 primary no-connection
    3      moved f2:p1 500 primary
    3      moved p1 1234 primary under p9
    4      lag 120
    5      fault region primary is lost
    6      gate primary closed
    7      run R starts
    7      failover R
    7      run R planned switchover mute-alarms?,approve-loss*2,detach-database|promote-database back abort
    7      run R took
    7      run R ended mute-alarms 1 timed-out
    7      run R ended mute-alarms 2 try-again
    7      run R ended promote-database 1 versions
    7      run R ended snapshot-evidence 1 evidence
    7      run R ended record-tail 1 tail
    7      run R ended verify-database 1 database
    7      run R ended raise-epoch 1 epoch
    7      run R ended hold-missing 1 movements
    7      run R ended approve-loss 1 approved
    7      run R skipped stop-intake
    7      run R paused
    7      run R retried stop-intake
    7      run R resumed
    7      run R aborted
    8      promoted standby lost p1
    8      run R performed promote-database
    8      run R dies
    8      raised standby 2
    9      held p1
    9      released p1
    10     record active 2 standby R failover primary passed to standby
    10     commit standby p1 2/2 quarantined run
    11     mend region primary
    12     run R stops it is done
    12     run S not-planned the standby is behind
    ledger f2:p1 500 refused
    ledger f3:p1 100 succeeded
    intent f3:p1 quarantined
    left   run R
    end    13";

#[test]
fn every_kind_of_moment() {
    let (_, history) = read(EVERYTHING);
    expect![[r#"
        {"format":"tideover-history/1","scenario":"table","seed":7,"regions":{"primary":"us-east-1","standby":"us-east-2"},"currency":"USD",
        "requests":[
        {"request":0,"client":0,"key":"k0","kind":"payment","account":0,"minor_units":1234},
        {"request":1,"client":1,"key":"k1","kind":"refund","of":0,"account":0,"minor_units":500}
        ],
        "moments":[
        {"at_ms":0,"what":"record","record":{"epoch":1,"nothing_lost_since":1,"state":"ACTIVE","active_region":"us-east-1","run":null,"traffic_region":"us-east-1","updated_by":"table","reason":"a table says so"}},
        {"at_ms":0,"what":"dns","to":"primary"},
        {"at_ms":0,"what":"gate","site":"primary","open":1,"reason":""},
        {"at_ms":1000,"what":"sent","request":0,"attempt":1,"to":"primary"},
        {"at_ms":1001,"what":"intent-written","movement":"pay_00000000010000000000000000","key":"omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg","site":"primary"},
        {"at_ms":1002,"what":"committed","site":"primary","epoch":1,"row_epoch":1,"movement":"pay_00000000010000000000000000","state":"posted","gate":"open"},
        {"at_ms":1003,"what":"told","request":0,"attempt":1,"from":"primary","answer":"acknowledged","movement":"pay_00000000010000000000000000"},
        {"at_ms":1004,"what":"moved","movement":"pay_00000000010000000000000000","processor_key":"pay_00000000010000000000000000","minor_units":1234,"from":"primary"},
        {"at_ms":1005,"what":"committed","site":"primary","epoch":1,"row_epoch":1,"movement":"pay_00000000010000000000000000","state":"succeeded","gate":"open"},
        {"at_ms":2000,"what":"sent","request":1,"attempt":1,"to":"primary"},
        {"at_ms":2000,"what":"intent-written","movement":"pay_00000000010000000000000000/ref_00000000020000000000000000","key":"bjlgbnmifdohjiikocneoaedadhjeipnlapplidmekijijfnlkpfgoakhoiedakn","site":"primary"},
        {"at_ms":2000,"what":"committed","site":"primary","epoch":1,"row_epoch":1,"movement":"pay_00000000010000000000000000/ref_00000000020000000000000000","state":null,"gate":"closed"},
        {"at_ms":2000,"what":"told","request":1,"attempt":1,"from":"primary","answer":"refused"},
        {"at_ms":2000,"what":"told","request":1,"attempt":2,"from":"primary","answer":"pending"},
        {"at_ms":2000,"what":"told","request":1,"attempt":3,"from":"primary","answer":"switching"},
        {"at_ms":2000,"what":"told","request":1,"attempt":4,"from":"primary","answer":"try-again"},
        {"at_ms":2000,"what":"told","request":1,"attempt":5,"from":"primary","answer":"silence"},
        {"at_ms":2000,"what":"told","request":1,"attempt":6,"from":"primary","answer":"no-connection"},
        {"at_ms":3000,"what":"moved","movement":"pay_00000000010000000000000000/ref_00000000020000000000000000","processor_key":"ref_00000000020000000000000000","minor_units":500,"from":"primary"},
        {"at_ms":3000,"what":"moved","movement":"pay_00000000010000000000000000","processor_key":"pay_00000000090000000000000000","minor_units":1234,"from":"primary"},
        {"at_ms":4000,"what":"lag","ms":120},
        {"at_ms":5000,"what":"happened","line":"region primary is lost","is_fault":true},
        {"at_ms":6000,"what":"gate","site":"primary","open":null,"reason":"lease_expired"},
        {"at_ms":7000,"what":"run","run":"R","step":"began"},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"at":0,"by":"table","event":"planned","format":1,"plan":{"actions":[{"approvers":1,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"approve-loss","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000},{"approvers":0,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"begin-run","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000},{"approvers":0,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"wait-for-fence","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000},{"approvers":0,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"hold-missing","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000}],"earlier":null,"epoch":2,"kind":"failover","run":"R","seen":1,"source":"us-east-1","target":"us-east-2","timing":{"clock_bound_ms":2000,"lease_length_ms":10000,"renewal_interval_ms":3000},"way_back":[],"witness":"us-west-2"},"position":0,"readable_by":1,"reason":"a table says so"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"approve-loss","at":0,"by":"ann","event":"approved","expires_at":999000,"format":1,"position":1,"readable_by":1,"shown":{"intents_missing":null,"lag_ms":null}}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"begin-run","at":0,"attempt":1,"event":"began","format":1,"position":2,"readable_by":1,"runner":"runner"}},
        {"at_ms":7000,"what":"record","record":{"epoch":2,"nothing_lost_since":1,"state":"FENCED","active_region":null,"run":{"id":"R","kind":"failover","source":"us-east-1","target":"us-east-2","point_of_no_return":"ahead"},"traffic_region":"us-east-1","updated_by":"table","reason":"a table says so"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"begin-run","at":0,"attempt":1,"event":"ended","format":1,"position":3,"readable_by":1,"result":{"saw":"done"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"wait-for-fence","at":0,"attempt":1,"event":"began","format":1,"position":4,"readable_by":1,"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"wait-for-fence","at":0,"attempt":1,"event":"ended","format":1,"position":5,"readable_by":1,"result":{"saw":"done"},"runner":"runner"}},
        {"at_ms":7000,"what":"record","record":{"epoch":2,"nothing_lost_since":1,"state":"FENCED","active_region":null,"run":{"id":"R","kind":"failover","source":"us-east-1","target":"us-east-2","point_of_no_return":"passed"},"traffic_region":"us-east-1","updated_by":"table","reason":"a table says so"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"at":0,"by":"table","event":"planned","format":1,"plan":{"actions":[{"approvers":0,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"mute-alarms","on_failure":"go-on","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000},{"approvers":2,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"approve-loss","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000},{"approvers":0,"attempts_max":3,"calls":[],"condition":{"if":"refused","of":"promote-database"},"interval_ms":100,"is_skippable":false,"name":"detach-database","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000}],"earlier":null,"epoch":2,"kind":"switchover","run":"R","seen":1,"source":"us-east-1","target":"us-east-2","timing":{"clock_bound_ms":2000,"lease_length_ms":10000,"renewal_interval_ms":3000},"way_back":[{"approvers":0,"attempts_max":3,"calls":[],"condition":null,"interval_ms":100,"is_skippable":false,"name":"abort","on_failure":"stop","region":"us-east-2","side":"global","stage":"decide","time_limit_ms":1000}],"witness":"us-west-2"},"position":6,"readable_by":1,"reason":"a table says so"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"at":0,"event":"took","format":1,"position":7,"readable_by":1,"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"mute-alarms","at":0,"attempt":1,"event":"ended","format":1,"position":8,"readable_by":1,"result":{"failed":"timed-out"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"mute-alarms","at":0,"attempt":2,"event":"ended","format":1,"position":9,"readable_by":1,"result":{"cause":"not yet","failed":"try-again"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"promote-database","at":0,"attempt":1,"event":"ended","format":1,"position":10,"readable_by":1,"result":{"cause":"they differ","failed":"refused","refused":"versions"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"snapshot-evidence","at":0,"attempt":1,"event":"ended","format":1,"position":11,"readable_by":1,"result":{"evidence":{"intents_missing":3,"lag_ms":120},"saw":"evidence"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"record-tail","at":0,"attempt":1,"event":"ended","format":1,"position":12,"readable_by":1,"result":{"saw":"tail","tail":{"faults":0,"movements":5,"position":77}},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"verify-database","at":0,"attempt":1,"event":"ended","format":1,"position":13,"readable_by":1,"result":{"saw":"database","tail":{"faults":0,"movements":5,"position":77}},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"raise-epoch","at":0,"attempt":1,"event":"ended","format":1,"position":14,"readable_by":1,"result":{"epoch":2,"saw":"epoch"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"hold-missing","at":0,"attempt":1,"event":"ended","format":1,"position":15,"readable_by":1,"result":{"count":3,"saw":"movements"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"approve-loss","at":0,"attempt":1,"event":"ended","format":1,"position":16,"readable_by":1,"result":{"count":2,"saw":"approved"},"runner":"runner"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"stop-intake","at":0,"by":"table","event":"skipped","format":1,"position":17,"readable_by":1,"reason":"not due"}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"at":0,"by":"table","event":"paused","format":1,"position":18,"readable_by":1}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"action":"stop-intake","at":0,"by":"table","event":"retried","format":1,"position":19,"readable_by":1}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"at":0,"by":"table","event":"resumed","format":1,"position":20,"readable_by":1}},
        {"at_ms":7000,"what":"run","run":"R","step":"journaled","entry":{"at":0,"by":"table","event":"aborted","format":1,"position":21,"readable_by":1,"reason":"not now"}},
        {"at_ms":8000,"what":"promoted","site":"standby","lost":["pay_00000000010000000000000000"]},
        {"at_ms":8000,"what":"run","run":"R","step":"performed","action":"promote-database","done":true},
        {"at_ms":8000,"what":"run","run":"R","step":"died"},
        {"at_ms":8000,"what":"epoch-raised","site":"standby","epoch":2},
        {"at_ms":9000,"what":"quarantine","movement":"pay_00000000010000000000000000","held":true},
        {"at_ms":9000,"what":"quarantine","movement":"pay_00000000010000000000000000","held":false},
        {"at_ms":10000,"what":"record","record":{"epoch":2,"nothing_lost_since":1,"state":"ACTIVE","active_region":"us-east-2","run":{"id":"R","kind":"failover","source":"us-east-1","target":"us-east-2","point_of_no_return":"passed"},"traffic_region":"us-east-2","updated_by":"table","reason":"a table says so"}},
        {"at_ms":10000,"what":"committed","site":"standby","epoch":2,"row_epoch":2,"movement":"pay_00000000010000000000000000","state":"quarantined","gate":null},
        {"at_ms":11000,"what":"happened","line":"region primary","is_fault":false},
        {"at_ms":12000,"what":"run","run":"R","step":"stopped","why":"it is done"},
        {"at_ms":12000,"what":"run","run":"S","step":"not-planned","why":"the standby is behind"}
        ],
        "end":{"at_ms":13000,"is_at_rest":false,"left":["run R"],
        "record":{"epoch":2,"nothing_lost_since":1,"state":"ACTIVE","active_region":"us-east-2","run":{"id":"R","kind":"failover","source":"us-east-1","target":"us-east-2","point_of_no_return":"passed"},"traffic_region":"us-east-2","updated_by":"table","reason":"a table says so"},
        "payments":[
        {"payment":"pay_00000000010000000000000000","key":"omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg","account":"acc_00000000000000000000000000","minor_units":1234,"currency":"USD","accepted":1,"version":3,"state":"succeeded","refunds":[{"refund":"ref_00000000020000000000000000","key":"bjlgbnmifdohjiikocneoaedadhjeipnlapplidmekijijfnlkpfgoakhoiedakn","minor_units":500,"accepted":1,"state":null,"refusal":"refund_exceeds_captured"},{"refund":"ref_00000000030000000000000000","key":"kljpohmcnmhbppmappipfplkofhacolncfkadloemdimijmhhpnbfbabfapodabj","minor_units":100,"accepted":1,"state":"succeeded","refusal":null}]}
        ],
        "postings":[
        {"movement":"pay_00000000010000000000000000","version":1,"phase":"pending","book":"clearing","side":"debit","minor_units":1234,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000","version":1,"phase":"pending","book":"acc_00000000000000000000000000","side":"credit","minor_units":1234,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000","version":2,"phase":"posted","book":"clearing","side":"debit","minor_units":1234,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000","version":2,"phase":"posted","book":"acc_00000000000000000000000000","side":"credit","minor_units":1234,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000/ref_00000000030000000000000000","version":1,"phase":"pending","book":"acc_00000000000000000000000000","side":"debit","minor_units":100,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000/ref_00000000030000000000000000","version":1,"phase":"pending","book":"clearing","side":"credit","minor_units":100,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000/ref_00000000030000000000000000","version":2,"phase":"posted","book":"acc_00000000000000000000000000","side":"debit","minor_units":100,"currency":"USD"},
        {"movement":"pay_00000000010000000000000000/ref_00000000030000000000000000","version":2,"phase":"posted","book":"clearing","side":"credit","minor_units":100,"currency":"USD"}
        ],
        "intents":[
        {"movement":"pay_00000000010000000000000000","key":"omfnclhnlgpcjpngjppkbehanbclfahihcjceilinbeebllkpkcgepgdafkdlieg","account":"acc_00000000000000000000000000","minor_units":1234,"currency":"USD","epoch":1,"state":"settled","refusal":null,"revision":1},
        {"movement":"pay_00000000010000000000000000/ref_00000000020000000000000000","key":"bjlgbnmifdohjiikocneoaedadhjeipnlapplidmekijijfnlkpfgoakhoiedakn","account":"acc_00000000000000000000000000","minor_units":500,"currency":"USD","epoch":1,"state":"settled","refusal":null,"revision":1},
        {"movement":"pay_00000000010000000000000000/ref_00000000030000000000000000","key":"kljpohmcnmhbppmappipfplkofhacolncfkadloemdimijmhhpnbfbabfapodabj","account":"acc_00000000000000000000000000","minor_units":100,"currency":"USD","epoch":1,"state":"quarantined","refusal":null,"revision":1}
        ]}}
    "#]].assert_eq(&to_json(&history));
}

#[test]
fn what_is_read_is_what_was_written() {
    let (scenario, history) = read(EVERYTHING);
    let json = to_json(&history);
    let again = from_json(&json).expect("what was exported can be read");
    assert_eq!(to_json(&again), json);
    assert_eq!(judge(&scenario, &again), judge(&scenario, &history));
    assert_eq!((again.requests, again.moments.len()), (history.requests, history.moments.len()));
}

#[track_caller]
fn check_fault(from: &str, to: &str, expected: Expect) {
    let (_, history) = read(EVERYTHING);
    let json = to_json(&history);
    assert!(json.contains(from), "there is no `{from}` to replace");
    let fault = from_json(&json.replacen(from, to, 1)).expect_err("it has a fault");
    expected.assert_eq(&fault.to_string());
}

#[test]
fn histories_that_cannot_be_read() {
    check_fault(
        "tideover-history/1",
        "tideover-history/2",
        expect![
            "this history is of format `tideover-history/2`, and `tideover-history/1` is what is read"
        ],
    );
    check_fault(
        "\"moments\":",
        "\"moment\":",
        expect!["this is not an exported history: missing field `moments` at line 86 column 3"],
    );
    check_fault(
        "\"what\":\"lag\"",
        "\"what\":\"leg\"",
        expect![
            "this is not an exported history: unknown variant `leg`, expected one of `sent`, `told`, `intent-written`, `committed`, `moved`, `gate`, `record`, `promoted`, `epoch-raised`, `quarantine`, `dns`, `lag`, `run`, `happened` at line 27 column 36"
        ],
    );
    check_fault(
        "\"row_epoch\":1,\"movement\":\"pay_",
        "\"row_epoch\":1,\"movement\":\"p_",
        expect!["moment 5: `movement` makes no sense"],
    );
    check_fault(
        "\"request\":1,\"attempt\":1",
        "\"request\":2,\"attempt\":1",
        expect!["moment 9: `request` makes no sense"],
    );
    check_fault(
        "\"minor_units\":500",
        "\"minor_units\":-500",
        expect!["request 1: `minor_units` makes no sense"],
    );
    check_fault(
        "\"state\":\"succeeded\",\"refunds\"",
        "\"state\":\"paid\",\"refunds\"",
        expect!["end: `state` makes no sense"],
    );
    check_fault(
        "\"state\":\"FENCED\"",
        "\"state\":\"ACTIVE\"",
        expect!["moment 27: `record` makes no sense"],
    );
    check_fault(
        "\"action\":\"begin-run\"",
        "\"action\":\"begin\"",
        expect!["moment 26: `entry` makes no sense"],
    );
}

/// The table at the end of the page on the format.
#[test]
fn the_page_names_everything_that_the_judge_can_find() {
    let rows = Violation::all().map(|(name, meaning)| format!("| `{name}` | {meaning} |\n"));
    let rows: String = rows.collect();
    let page = include_str!("../../../../docs/history.md");
    assert!(page.ends_with(&rows), "the table in docs/history.md must be:\n{rows}");
}
