//! Packets: what each kind of question is answered, and that no bytes at all do harm.

use std::net::{Ipv4Addr, SocketAddrV4};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::check::Checks;
use super::super::switch::SwitchSettings;
use super::*;

fn settings() -> SwitchSettings {
    let api = |last| SocketAddrV4::new(Ipv4Addr::new(127, 77, last, 1), 8_080);
    SwitchSettings {
        zone: "payment.example.com".to_owned(),
        record: "api".to_owned(),
        apis: [api(1), api(2)],
        ttl: Duration::from_millis(1_200),
        check_interval: Duration::from_millis(50),
    }
}

fn answered(packet: &[u8]) -> Option<Vec<u8>> {
    let (zone, checks): (Zone, Checks) = (settings().zone(), settings().checks(2));
    respond(packet, &Lookup { zone: &zone, checks: &checks, draw: 0 })
}

fn asking(name: &str, kind: RecordType, class: DNSClass) -> Message {
    let mut query = Query::query(Name::from_ascii(name).unwrap(), kind);
    query.set_query_class(class);
    let mut message = Message::new(4_711, MessageType::Query, OpCode::Query);
    message.add_query(query);
    message.metadata.recursion_desired = true;
    message
}

/// An answer in one line: code, whether it is authoritative, answers, authorities, options.
fn line(packet: &[u8]) -> String {
    let message = Message::from_vec(packet).unwrap();
    let Metadata { id, response_code, authoritative, .. } = message.metadata;
    assert_eq!((id, message.metadata.message_type), (4_711, MessageType::Response));
    let records = |records: &[Record]| {
        let texts: Vec<_> = records.iter().map(Record::to_string).collect();
        texts.join(", ")
    };
    format!(
        "{response_code}, authoritative {authoritative}, answers [{}], authorities [{}], edns {}\n",
        records(&message.answers),
        records(&message.authorities),
        message.edns.is_some()
    )
}

#[track_caller]
fn check(questions: &[Message], expected: Expect) {
    let lines = questions.iter().map(|question| {
        let query =
            question.queries.first().map_or_else(|| "no question".to_owned(), Query::to_string);
        let packet = question.to_vec().unwrap();
        format!("{query}\n    {}", answered(&packet).map_or_else(|| "-\n".to_owned(), |a| line(&a)))
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn names_have_addresses_and_others_are_refused() {
    use RecordType::{A, AAAA, SOA};
    let ask = |name, kind| asking(name, kind, DNSClass::IN);
    check(
        &[
            ask("api.payment.example.com.", A),
            ask("API.Payment.Example.COM.", A),
            ask("api-us-east-1.payment.example.com.", A),
            ask("api-us-east-2.payment.example.com.", A),
            ask("api.payment.example.com.", AAAA),
            ask("payment.example.com.", A),
            ask("payment.example.com.", SOA),
            ask("www.payment.example.com.", A),
            ask("www.example.com.", A),
            ask(".", A),
            asking("api.payment.example.com.", A, DNSClass::CH),
        ],
        expect![[r#"
            api.payment.example.com. IN A
                No Error, authoritative true, answers [api.payment.example.com. 1 IN A 127.77.1.1], authorities [], edns false
            API.Payment.Example.COM. IN A
                No Error, authoritative true, answers [API.Payment.Example.COM. 1 IN A 127.77.1.1], authorities [], edns false
            api-us-east-1.payment.example.com. IN A
                No Error, authoritative true, answers [api-us-east-1.payment.example.com. 1 IN A 127.77.1.1], authorities [], edns false
            api-us-east-2.payment.example.com. IN A
                No Error, authoritative true, answers [api-us-east-2.payment.example.com. 1 IN A 127.77.2.1], authorities [], edns false
            api.payment.example.com. IN AAAA
                No Error, authoritative true, answers [], authorities [payment.example.com. 1 IN SOA ns.payment.example.com. hostmaster.payment.example.com. 1 7200 900 1209600 1], edns false
            payment.example.com. IN A
                No Error, authoritative true, answers [], authorities [payment.example.com. 1 IN SOA ns.payment.example.com. hostmaster.payment.example.com. 1 7200 900 1209600 1], edns false
            payment.example.com. IN SOA
                No Error, authoritative true, answers [payment.example.com. 1 IN SOA ns.payment.example.com. hostmaster.payment.example.com. 1 7200 900 1209600 1], authorities [], edns false
            www.payment.example.com. IN A
                Non-Existent Domain, authoritative true, answers [], authorities [payment.example.com. 1 IN SOA ns.payment.example.com. hostmaster.payment.example.com. 1 7200 900 1209600 1], edns false
            www.example.com. IN A
                Query Refused, authoritative false, answers [], authorities [], edns false
            . IN A
                Query Refused, authoritative false, answers [], authorities [], edns false
            api.payment.example.com. CH A
                Query Refused, authoritative false, answers [], authorities [], edns false
        "#]],
    );
}

#[test]
fn what_is_no_plain_question_is_refused_or_left() {
    let plain = asking("api.payment.example.com.", RecordType::A, DNSClass::IN);
    let mut none = plain.clone();
    none.queries.clear();
    let mut two = plain.clone();
    two.queries.extend(plain.queries.clone());
    let mut update = plain.clone();
    update.metadata.op_code = OpCode::Update;
    let mut notify = plain.clone();
    notify.metadata.op_code = OpCode::Notify;
    let mut response = plain.clone();
    response.metadata.message_type = MessageType::Response;
    check(
        &[none, two, update, notify, response],
        expect![[r#"
            no question
                Form Error, authoritative false, answers [], authorities [], edns false
            api.payment.example.com. IN A
                Form Error, authoritative false, answers [], authorities [], edns false
            api.payment.example.com. IN A
                Not Implemented, authoritative false, answers [], authorities [], edns false
            api.payment.example.com. IN A
                Not Implemented, authoritative false, answers [], authorities [], edns false
            api.payment.example.com. IN A
                -
        "#]],
    );
}

#[test]
fn what_cannot_be_read_is_refused_if_it_has_a_header() {
    let packet = asking("api.payment.example.com.", RecordType::A, DNSClass::IN).to_vec().unwrap();
    let cut = |length: usize| answered(&packet[..length]).map(|answer| line(&answer));
    assert!((0..HEADER_BYTES).all(|length| cut(length).is_none()));
    for length in HEADER_BYTES..packet.len() {
        let line = cut(length).unwrap();
        assert!(line.starts_with("Form Error, "), "{length}: {line}");
    }
    assert!(cut(packet.len()).unwrap().starts_with("No Error"));
}

#[test]
fn a_ttl_is_told_to_the_millisecond_to_who_knows_options() {
    let question = question("api.payment.example.com").unwrap();
    let packet = answered(&question.to_vec().unwrap()).unwrap();
    let response = Message::from_vec(&packet).unwrap();
    assert!(answers(&response, &question));
    let address = Ipv4Addr::new(127, 77, 1, 1);
    assert_eq!(address_in(&response), Some((address, Duration::from_millis(1_200))));
    // Others see whole seconds, rather shorter than longer.
    let mut plain = response;
    plain.edns = None;
    assert_eq!(address_in(&plain), Some((address, Duration::from_secs(1))));
}

#[test]
fn an_answer_to_another_question_is_none() {
    let ours = question("api.payment.example.com").unwrap();
    let mut other = question("api-us-east-2.payment.example.com").unwrap();
    other.metadata.id = ours.metadata.id;
    let mut late = ours.clone();
    late.metadata.id = ours.metadata.id.wrapping_add(1);
    for question in [&other, &late] {
        let packet = answered(&question.to_vec().unwrap()).unwrap();
        assert!(!answers(&Message::from_vec(&packet).unwrap(), &ours));
    }
    assert!(!answers(&ours, &ours), "a question is no answer");
}

/// Bytes, and packets that are nearly right.
fn packets() -> impl Strategy<Value = Vec<u8>> {
    let valid = ["api.payment.example.com", "x.payment.example.com", "a.b"]
        .map(|name| question(name).unwrap().to_vec().unwrap());
    let spoilt = (
        prop::sample::select(valid.to_vec()),
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    )
        .prop_map(|(mut packet, changes)| {
            for (place, byte) in changes {
                let place = place.index(packet.len());
                packet[place] = byte;
            }
            packet
        });
    prop_oneof![prop::collection::vec(any::<u8>(), 0..600), spoilt]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_bytes_do_harm(packet in packets()) {
        if let Some(response) = answered(&packet) {
            prop_assert!(response.len() <= PACKET_BYTES_MAX);
            prop_assert_eq!(&response[..2], &packet[..2]);
            prop_assert!(response[2] & 0x80 != 0, "it is no answer");
            prop_assert!(answered(&response).is_none(), "two servers would talk for ever");
        }
    }
}
