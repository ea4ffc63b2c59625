//! From a packet to the packet that answers it.

use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, Metadata, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::rdata::{A, SOA};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use super::zone::{Address, Lookup, Zone};

/// The option of EDNS with the TTL in milliseconds, out of those for local use. What the record
/// itself says are whole seconds, rounded down, and here a TTL may be shorter than one.
const TTL_MS_OPTION: u16 = 65_001;

/// The largest packet that is sent or read, in bytes.
pub(super) const PACKET_BYTES_MAX: usize = 1_232;

/// The header of every packet, in bytes.
const HEADER_BYTES: usize = 12;

/// The answer to a packet; nothing to what is no question, as to answers, so that two servers never
/// talk for ever.
pub(super) fn respond(packet: &[u8], lookup: &Lookup<'_>) -> Option<Vec<u8>> {
    let response = match Message::from_vec(packet) {
        Ok(message) if message.metadata.message_type == MessageType::Response => return None,
        Ok(message) => answer(&message, lookup),
        Err(_) => malformed(packet)?,
    };
    response.to_vec().ok()
}

/// The refusal of a question that cannot be read, if at least its header can.
fn malformed(packet: &[u8]) -> Option<Message> {
    let &[first, second, flags, ..] = packet.get(..HEADER_BYTES)? else { return None };
    let is_response = flags & 0x80 != 0;
    let id = u16::from_be_bytes([first, second]);
    (!is_response).then(|| Message::error_msg(id, OpCode::Query, ResponseCode::FormErr))
}

fn answer(question: &Message, lookup: &Lookup<'_>) -> Message {
    let op_code = question.metadata.op_code;
    let mut response = Message::response(question.metadata.id, op_code);
    response.metadata = Metadata::response_from_request(&question.metadata);
    response.add_queries(question.queries.iter().cloned());
    if question.edns.is_some() {
        response.set_edns(edns(lookup.zone.ttl));
    }
    match question.queries.as_slice() {
        _ if op_code != OpCode::Query => refuse(&mut response, ResponseCode::NotImp),
        [query] => fill(&mut response, query, lookup),
        _ => refuse(&mut response, ResponseCode::FormErr),
    }
    response
}

fn refuse(response: &mut Message, code: ResponseCode) {
    response.metadata.response_code = code;
}

fn fill(response: &mut Message, query: &Query, lookup: &Lookup<'_>) {
    let name = query.name().to_lowercase().to_ascii();
    let address = match query.query_class() {
        DNSClass::IN => lookup.address(name.trim_end_matches('.')),
        _ => Address::Elsewhere,
    };
    response.metadata.authoritative = address != Address::Elsewhere;
    let ttl = seconds(lookup.zone.ttl);
    let record = |data| Record::from_rdata(query.name().clone(), ttl, data);
    match (address, query.query_type()) {
        (Address::Elsewhere, _) => refuse(response, ResponseCode::Refused),
        (Address::Is(address), RecordType::A) => {
            response.add_answer(record(RData::A(A(address))));
        }
        (Address::None, RecordType::SOA) => {
            response.insert_answers(start_of_authority(lookup.zone).into_iter().collect());
        }
        (address, _) => {
            if address == Address::NoName {
                refuse(response, ResponseCode::NXDomain);
            }
            response.insert_authorities(start_of_authority(lookup.zone).into_iter().collect());
        }
    }
}

/// What says for how long a name that is not there stays away; nothing for a zone whose name is
/// none.
fn start_of_authority(zone: &Zone) -> Option<Record> {
    let apex = Name::from_ascii(format!("{}.", zone.apex)).ok()?;
    let (server, person) = (apex.prepend_label("ns").ok()?, apex.prepend_label("hostmaster").ok()?);
    let ttl = seconds(zone.ttl);
    let soa = SOA::new(server, person, 1, 7_200, 900, 1_209_600, ttl);
    Some(Record::from_rdata(apex, ttl, RData::SOA(soa)))
}

fn seconds(ttl: Duration) -> u32 {
    u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX)
}

fn edns(ttl: Duration) -> Edns {
    let ms = u32::try_from(ttl.as_millis()).unwrap_or(u32::MAX);
    let mut edns = new_edns();
    edns.options_mut().insert(EdnsOption::Unknown(TTL_MS_OPTION, ms.to_be_bytes().to_vec()));
    edns
}

fn new_edns() -> Edns {
    let mut edns = Edns::new();
    edns.set_max_payload(PACKET_BYTES_MAX as u16).set_version(0);
    edns
}

/// A question for the address of a name; nothing when the name is none.
pub(super) fn question(name: &str) -> Option<Message> {
    let mut name = Name::from_ascii(name).ok()?;
    name.set_fqdn(true);
    let mut message = Message::query();
    message.add_query(Query::query(name, RecordType::A)).set_edns(new_edns());
    Some(message)
}

/// Whether a packet answers this question, and not another or somebody else's.
pub(super) fn answers(response: &Message, question: &Message) -> bool {
    response.metadata.message_type == MessageType::Response
        && response.metadata.id == question.metadata.id
        && response.queries == question.queries
}

/// The first address in an answer, and for how long it may be kept.
pub(super) fn address_in(response: &Message) -> Option<(std::net::Ipv4Addr, Duration)> {
    let (address, ttl) = response.answers.iter().find_map(|record| match record.data {
        RData::A(A(address)) => Some((address, record.ttl)),
        _ => None,
    })?;
    Some((address, exact_ttl(response).unwrap_or(Duration::from_secs(ttl.into()))))
}

fn exact_ttl(response: &Message) -> Option<Duration> {
    match response.edns.as_ref()?.option(EdnsCode::Unknown(TTL_MS_OPTION))? {
        EdnsOption::Unknown(_, bytes) => {
            let ms = u32::from_be_bytes(bytes.as_slice().try_into().ok()?);
            Some(Duration::from_millis(ms.into()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
