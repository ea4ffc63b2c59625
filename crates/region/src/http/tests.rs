//! Who is believed over TLS, and what was sent to those who are not.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::*;

/// An authority, and whoever trusts nobody else.
fn authority() -> (Issuer<'static, KeyPair>, Trust) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(params.self_signed(&key).unwrap().der().clone()).unwrap();
    let config = Trust::builder().with_root_certificates(roots).with_no_client_auth();
    (Issuer::new(params, key), Trust(Arc::new(config)))
}

/// A server that has a certificate for this name, and what it was sent by its one client: nothing when they did not
/// come to terms. It answers with what it was sent.
async fn server(issuer: &Issuer<'_, KeyPair>, name: &str) -> (String, JoinHandle<Option<String>>) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/secret", listener.local_addr().unwrap().port());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.ok()?;
        let mut sent = vec![0; 1_024];
        let length = stream.read(&mut sent).await.unwrap_or(0);
        sent.truncate(length);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        String::from_utf8(sent).ok().filter(|sent| !sent.is_empty())
    });
    (url, task)
}

async fn get(trust: &Trust, url: &str) -> Result<u16, HttpFailure> {
    let client = HttpClient::new(trust, Reach::Anywhere, HttpLimits::default());
    let request = Request::builder().uri(url).body(Bytes::new()).unwrap();
    Ok(client.exchange(request).await?.status().as_u16())
}

#[tokio::test]
async fn whom_the_authority_knows_is_believed() {
    let (issuer, trust) = authority();
    let (url, task) = server(&issuer, "localhost").await;
    assert_eq!(get(&trust, &url).await.unwrap(), 204);
    let sent = task.await.unwrap().unwrap();
    assert!(sent.starts_with("GET /secret HTTP/1.1\r\n"), "{sent}");
}

#[tokio::test]
async fn others_are_sent_nothing() {
    let (issuer, trust) = authority();
    let (_, others_trust) = authority();
    for (trust, name) in
        [(&trust, "shop.example"), (&others_trust, "localhost"), (&Trust::nobody(), "localhost")]
    {
        let (url, task) = server(&issuer, name).await;
        let failure = get(trust, &url).await.unwrap_err();
        assert!(matches!(failure, HttpFailure::NotConnected(_)), "{name}: {failure:?}");
        assert_eq!(task.await.unwrap(), None, "{name}");
    }
}
