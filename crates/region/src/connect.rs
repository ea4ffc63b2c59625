//! Making connections, and refusing to make them: the name is resolved and its addresses are looked at in the same
//! step as the connection is made, so that no second answer of the name server can lead elsewhere.

use std::error::Error;
use std::future::{Future, ready};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::address::is_internet;
use crate::http::Reach;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// The address is not one of the Internet.
#[derive(Debug, thiserror::Error)]
#[error("the address is not one of the Internet")]
pub(crate) struct NotInternet;

/// Makes connections to what is in reach.
#[derive(Clone)]
pub(crate) struct Connector {
    reach: Reach,
    inner: HttpConnector<Resolver>,
}

impl Connector {
    /// A connector that gives up a connection after this time.
    pub(crate) fn new(reach: Reach, connect_time_max: std::time::Duration) -> Self {
        let mut inner =
            HttpConnector::new_with_resolver(Resolver { reach, inner: GaiResolver::new() });
        // Whether it is TLS is decided around this one.
        inner.enforce_http(false);
        inner.set_connect_timeout(Some(connect_time_max));
        inner.set_nodelay(true);
        Self { reach, inner }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // An address that is written out is not resolved.
        if literal(&uri).is_some_and(|address| !self.reach.includes(address)) {
            return Box::pin(ready(Err(NotInternet.into())));
        }
        let connecting = self.inner.call(uri);
        Box::pin(async move { Ok(connecting.await?) })
    }
}

/// The address in the place of a name.
fn literal(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// Resolves names into addresses that are in reach.
#[derive(Clone)]
struct Resolver {
    reach: Reach,
    inner: GaiResolver,
}

impl Service<Name> for Resolver {
    type Response = IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (reach, resolving) = (self.reach, self.inner.call(name));
        Box::pin(async move {
            let addresses: Vec<_> = resolving.await?.collect();
            // A name that means us and others at once means no good.
            match addresses.iter().all(|address| reach.includes(address.ip())) {
                true => Ok(addresses.into_iter()),
                false => Err(NotInternet.into()),
            }
        })
    }
}

impl Reach {
    fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Internet => is_internet(address),
        }
    }
}
