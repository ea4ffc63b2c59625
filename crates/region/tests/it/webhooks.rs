//! Callbacks over real sockets: signed, bounded, and never into our own network.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use notify::{
    Called, Caller, ClaimedDelivery, ClaimedEvent, DeliverPorts, Delivered, DeliveryChange,
    EndpointChange, EndpointId, EndpointSource, EndpointState, Endpoints, NoEndpoints, Outbox,
    OutboxFault, Remaining, WebhookRequest, deliver,
};
use payments::{Epoch, EventId, EventKind, Gate, Gatekeeper, Time};
use region::{HttpLimits, Reach, Trust, Webhooks};
use sha2::Sha256;

use crate::outside::{Does, Outside};
use crate::rows::{event, open};

fn webhooks(reach: Reach) -> Webhooks {
    Webhooks::new(&Trust::nobody(), reach)
}

fn request(url: &str) -> WebhookRequest {
    let headers = vec![("content-type", "application/json".to_owned())];
    WebhookRequest {
        url: url.to_owned(),
        headers,
        body: r#"{"type":"payment.succeeded"}"#.to_owned(),
    }
}

fn answered(status: u16) -> Called {
    Called::Answered { status, retry_after: None }
}

/// A gate, an outbox and a configuration, for one callback.
struct Shop {
    endpoints: Arc<Endpoints>,
    tried: Mutex<Vec<(DeliveryChange, EndpointChange)>>,
}

impl Shop {
    /// A shop whose endpoint is at this address of this machine.
    fn at(url: &str) -> Self {
        let url = url.replace("127.0.0.1", "localhost");
        let secret = STANDARD.encode(SECRET);
        let configuration = format!(
            r#"{{"endpoints":[{{"id":"shop-1","url":"{url}","secrets":["whsec_{secret}"]}}]}}"#
        );
        let endpoints = Arc::new(Endpoints::parse(&configuration).unwrap());
        Self { endpoints, tried: Mutex::default() }
    }
}

/// A callback that was never tried.
fn claimed() -> ClaimedDelivery {
    ClaimedDelivery {
        event: event(EventKind::PaymentSucceeded),
        endpoint: EndpointId::parse("shop-1").unwrap(),
        tries: 0,
        claims: 1,
        state: EndpointState::default(),
    }
}

impl Gatekeeper for Shop {
    fn gate(&self) -> Gate {
        open(7)
    }
}

impl EndpointSource for Shop {
    async fn endpoints(&self) -> Result<Arc<Endpoints>, NoEndpoints> {
        Ok(self.endpoints.clone())
    }
}

impl Outbox for Shop {
    async fn claim_events(
        &self,
        _: Epoch,
        _: u32,
        _: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        Err(OutboxFault::Unavailable)
    }

    async fn told(
        &self,
        _: Epoch,
        _: EventId,
        _: &[EndpointId],
        _: Remaining,
    ) -> Result<(), OutboxFault> {
        Err(OutboxFault::Unavailable)
    }

    async fn done(&self, _: Epoch, _: EventId) -> Result<(), OutboxFault> {
        Err(OutboxFault::Unavailable)
    }

    async fn postpone(&self, _: Epoch, _: &ClaimedEvent, _: Duration) -> Result<(), OutboxFault> {
        Err(OutboxFault::Unavailable)
    }

    async fn claim_deliveries(
        &self,
        _: Epoch,
        _: &BTreeMap<EndpointId, u64>,
        _: u32,
        _: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        Err(OutboxFault::Unavailable)
    }

    async fn tried(
        &self,
        _: Epoch,
        _: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: &EndpointChange,
    ) -> Result<(), OutboxFault> {
        self.tried.lock().unwrap().push((delivery, *endpoint));
        Ok(())
    }

    async fn endpoints(&self) -> Result<BTreeMap<EndpointId, EndpointState>, OutboxFault> {
        Err(OutboxFault::Unavailable)
    }
}

/// A secret: `whsec_` and the base64 of these bytes.
const SECRET: &[u8] = b"thirty-two bytes of a secret....";

#[tokio::test]
async fn the_receiver_can_check_the_signature() {
    let outside = Outside::start([]).await;
    let shop = Shop::at(&outside.url("/hooks?shop=1"));
    let caller = webhooks(Reach::Anywhere);
    let ports =
        DeliverPorts { gatekeeper: &shop, outbox: &shop, caller: &caller, endpoints: &shop };
    let claimed = claimed();
    let now = Time::from_ms(1_763_869_262_500);
    let delivered = deliver(&ports, Epoch::new(7), &claimed, now, 5).await;
    let works = (DeliveryChange::Delivered, EndpointChange::Works(1));
    assert_eq!(delivered, Delivered::Tried(answered(204), works.0, works.1));
    assert_eq!(*shop.tried.lock().unwrap(), [works]);

    let received = outside.received().pop().unwrap();
    assert!(received.head.starts_with("POST /hooks?shop=1 HTTP/1.1\r\n"), "{}", received.head);
    assert_eq!(received.header("content-type"), Some("application/json"));
    let agent = received.header("user-agent").unwrap();
    assert!(agent.starts_with("tideover/"), "{agent}");
    assert_eq!(received.header("webhook-timestamp"), Some("1763869262"));
    let id = received.header("webhook-id").unwrap();
    let mut code = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    code.update(format!("{id}.1763869262.{}", received.body).as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(code.finalize().into_bytes()));
    assert_eq!(received.header("webhook-signature"), Some(signature.as_str()));
}

#[tokio::test]
async fn what_the_receiver_answers_is_told() {
    let long = "x".repeat(17 * 1024);
    let retry = |seconds| Called::Answered { status: 503, retry_after: seconds };
    let table = [
        (Does::answers(204, "x-n: 1", ""), answered(204)),
        (Does::answers(200, "x-n: 1", "thank you"), answered(200)),
        (Does::answers(410, "x-n: 1", ""), answered(410)),
        (Does::answers(503, "Retry-After: 120", ""), retry(Some(Duration::from_secs(120)))),
        (Does::answers(503, "Retry-After: Sun, 23 Nov 2025 03:41:01 GMT", ""), retry(None)),
        (Does::answers(503, "Retry-After: -1", ""), retry(None)),
        // A body that is too large is not read on, and changes nothing.
        (Does::answers(200, "x-n: 1", &long), answered(200)),
        (
            Does::WritesAndCloses(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec()),
            answered(200),
        ),
        (Does::Writes(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()), Called::NoAnswer),
        (Does::WritesAndCloses(Vec::new()), Called::NoAnswer),
    ];
    let caller = webhooks(Reach::Anywhere);
    for (does, expected) in table {
        let outside = Outside::start([does.clone()]).await;
        let called = caller.call(&request(&outside.url("/"))).await;
        assert_eq!(called, expected, "{does:?}");
    }
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_waited_for_so_long() {
    let outside = Outside::start([Does::Hangs]).await;
    let limits = HttpLimits { time_max: Duration::from_millis(200), ..HttpLimits::default() };
    let caller = Webhooks::with_limits(&Trust::nobody(), Reach::Anywhere, limits);
    assert_eq!(caller.call(&request(&outside.url("/"))).await, Called::NoAnswer);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_disabled_in_the_end() {
    let outside = Outside::start((0..3).map(|_| Does::Hangs)).await;
    let limits = HttpLimits { time_max: Duration::from_millis(200), ..HttpLimits::default() };
    let caller = Webhooks::with_limits(&Trust::nobody(), Reach::Anywhere, limits);
    let shop = Shop::at(&outside.url("/"));
    let ports =
        DeliverPorts { gatekeeper: &shop, outbox: &shop, caller: &caller, endpoints: &shop };
    let mut claimed = claimed();
    // One callback's sixth try, after five days of failing.
    claimed.tries = 3;
    for (day, ends) in [(0, false), (1, false), (5, true)] {
        let now = Time::from_ms(1_763_869_262_500).plus_ms(day * 24 * 60 * 60 * 1_000);
        let delivered = deliver(&ports, Epoch::new(7), &claimed, now, 5).await;
        let Delivered::Tried(Called::NoAnswer, DeliveryChange::Again(_), change) = delivered else {
            panic!("day {day}: {delivered:?}");
        };
        assert_eq!(matches!(change, EndpointChange::Disabled(..)), ends, "day {day}: {change:?}");
        claimed.tries += 1;
        claimed.state = claimed.state.after(change);
    }
    assert_eq!(shop.tried.lock().unwrap().len(), 3, "each was noted");
    assert_eq!(outside.received().len(), 3);
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let other = Outside::start([]).await;
    let location = format!("Location: {}", other.url("/"));
    let outside = Outside::start([Does::answers(307, &location, "")]).await;
    let called = webhooks(Reach::Anywhere).call(&request(&outside.url("/"))).await;
    assert_eq!(called, answered(307));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn connections_are_used_again() {
    let outside = Outside::start([Does::answers(200, "x-n: 1", "thank you")]).await;
    let caller = webhooks(Reach::Anywhere);
    for _ in 0..5 {
        caller.call(&request(&outside.url("/"))).await;
    }
    assert_eq!((outside.received().len(), outside.connections()), (5, 1));
}

#[tokio::test]
async fn nobody_listening_is_no_answer() {
    let outside = Outside::start([]).await;
    let url = outside.url("/");
    drop(outside);
    // The port is free once the server's task is gone.
    tokio::task::yield_now().await;
    assert_eq!(webhooks(Reach::Anywhere).call(&request(&url)).await, Called::NoAnswer);
}

#[tokio::test]
async fn our_own_network_is_not_called() {
    let outside = Outside::start([]).await;
    let port = outside.address.port();
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "192.168.0.1",
    ];
    let caller = webhooks(Reach::Internet);
    for host in hosts {
        let called = caller.call(&request(&format!("http://{host}:{port}/"))).await;
        assert_eq!(called, Called::Forbidden, "http://{host}");
        // Some of these are no names for TLS, which says so first.
        let called = caller.call(&request(&format!("https://{host}:{port}/"))).await;
        assert!(matches!(called, Called::Forbidden | Called::NoAnswer), "https://{host}");
    }
    assert_eq!(outside.connections(), 0);
    let same = webhooks(Reach::Anywhere).call(&request(&outside.url("/"))).await;
    assert_eq!(same, answered(204), "on one machine it is allowed");
}

#[tokio::test]
async fn what_is_no_address_is_not_called() {
    for url in ["", "/hooks", "shop", "http://", "ftp://shop.example/", "http://a b/"] {
        let called = webhooks(Reach::Anywhere).call(&request(url)).await;
        assert!(matches!(called, Called::Forbidden | Called::NoAnswer), "{url}: {called:?}");
    }
}
