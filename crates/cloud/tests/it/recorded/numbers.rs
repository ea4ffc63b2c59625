//! Answers of CloudWatch, in CBOR (RFC 8949), as its model `smithy-rpc-v2-cbor` asks for.

/// The metrics that runs ask for.
pub(super) const METRICS: [&str; 4] =
    ["AuroraGlobalDBRPOLag", "ReplicationLatency", "BytesPendingReplication", "Count"];

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("it is short");
    [&[0x78, length], text.as_bytes()].concat()
}

fn number(value: f64) -> Vec<u8> {
    [&[0xfb], value.to_be_bytes().as_slice()].concat()
}

fn truth(is_so: bool) -> Vec<u8> {
    vec![if is_so { 0xf5 } else { 0xf4 }]
}

/// A list or a map begins with how many it has, which is below 24.
fn begun(kind: u8, length: usize) -> u8 {
    kind | u8::try_from(length).ok().filter(|length| *length < 24).expect("it is short")
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [&[begun(0x80, items.len())], items.concat().as_slice()].concat()
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let all: Vec<u8> =
        members.iter().flat_map(|(name, value)| [text(name), value.clone()].concat()).collect();
    [&[begun(0xa0, members.len())], all.as_slice()].concat()
}

/// `GetMetricData`: these values, a minute apart, the last of this minute.
pub(super) fn values(values: &[f64]) -> Vec<u8> {
    values_until(0, values)
}

/// The same, the last of so many minutes ago.
pub(super) fn values_until(minutes: u32, values: &[f64]) -> Vec<u8> {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = since_1970.expect("it is later").as_secs_f64();
    // Newest first, as CloudWatch sends them; tag 1 makes an instant of a number.
    let times = (0..values.len()).map(|ago| {
        let ago = minutes + u32::try_from(ago).expect("there are few");
        [vec![0xc1], number(now - 60.0 * f64::from(ago))].concat()
    });
    let result = map(&[
        ("Id", text("asked")),
        ("StatusCode", text("Complete")),
        ("Timestamps", list(&times.collect::<Vec<_>>())),
        ("Values", list(&values.iter().rev().map(|value| number(*value)).collect::<Vec<_>>())),
    ]);
    map(&[("MetricDataResults", list(&[result]))])
}

/// `DescribeAlarms`: names, whether they ring, whether they call.
pub(super) fn alarms(alarms: &[(&str, bool, bool)]) -> Vec<u8> {
    let alarms = alarms.iter().map(|(name, rings, calls)| {
        map(&[
            ("AlarmName", text(name)),
            ("StateValue", text(if *rings { "ALARM" } else { "OK" })),
            ("ActionsEnabled", truth(*calls)),
        ])
    });
    map(&[("MetricAlarms", list(&alarms.collect::<Vec<_>>()))])
}

/// An answer without members.
pub(super) fn nothing() -> Vec<u8> {
    map(&[])
}
