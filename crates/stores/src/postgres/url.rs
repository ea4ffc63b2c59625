//! How to reach a server, from a URL as people and libpq write it.

use std::net::IpAddr;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::credentials::{FixedPassword, Password};
use super::settings::PgSettings;
use super::tls::Tls;
use crate::error::Cause;

/// What is wrong with a URL. Nothing of the URL is repeated, because a password may be anywhere in one that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum UrlFault {
    /// It does not have the form of one.
    #[error(
        "it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a \
         user or a password are written like `%40`"
    )]
    Form,
    /// It has a parameter that nothing is known of.
    #[error(
        "it has a parameter other than `sslmode`, `sslrootcert`, `host`, `port`, `user`, `password` and `dbname`"
    )]
    Parameter,
    /// It names no host, or several.
    #[error("it must name one host, or the folder of a socket as `?host=/folder`")]
    Host,
    /// It names no user.
    #[error("it names no user")]
    User,
    /// It names no database.
    #[error("it names no database")]
    Database,
    /// `sslmode` has another value.
    #[error(
        "`sslmode` must be `verify-full`, or `disable` for a server on this machine or in a trusted network"
    )]
    Mode,
    /// TLS is asked for over a socket.
    #[error("a server behind a socket has no TLS: leave `sslmode` and `sslrootcert` out")]
    Socket,
    /// The server is to prove who it is, and there is nothing to compare that with.
    #[error(
        "`sslrootcert` must name the file of the trusted certificates, because the server is not on this machine; \
         `sslmode=disable` goes without"
    )]
    RootsMissing,
    /// The file of the trusted certificates was not read.
    #[error("the file that `sslrootcert` names cannot be read")]
    Roots(#[source] Cause),
}

impl PgSettings {
    /// The settings of a URL `postgresql://user:password@host:port/database`, with the parameters
    /// `sslmode=disable|verify-full` and `sslrootcert=FILE`, whose content `read` finds. Without `sslmode`, a server that
    /// is not on this machine must prove who it is.
    ///
    /// # Errors
    ///
    /// [`UrlFault`].
    pub fn from_url(
        url: &str,
        read: impl FnOnce(&str) -> Result<String, Cause>,
    ) -> Result<Self, UrlFault> {
        let (plain, security) = divide(url)?;
        let config: Config = plain.parse().map_err(|_| UrlFault::Form)?;
        let [host] = config.get_hosts() else { return Err(UrlFault::Host) };
        let (name, place) = locate(host)?;
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let user = config.get_user().filter(|user| !user.is_empty()).ok_or(UrlFault::User)?;
        let database = config.get_dbname().ok_or(UrlFault::Database)?;
        let mut settings = Self::new(&name, port, user, database);
        settings.tls = security.tls(place, read)?;
        if let Some(password) = config.get_password() {
            let text = str::from_utf8(password).map_err(|_| UrlFault::Form)?;
            settings.credentials = Arc::new(FixedPassword(Password::new(text)));
        }
        Ok(settings)
    }
}

/// What a URL says of TLS.
#[derive(Default)]
struct Security {
    mode: Option<String>,
    roots: Option<String>,
}

/// Where a server is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Socket,
    ThisMachine,
    Elsewhere,
}

/// The URL without what it says of TLS, which `tokio_postgres` does not know in full; and that.
fn divide(url: &str) -> Result<(String, Security), UrlFault> {
    if !["postgresql://", "postgres://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(UrlFault::Form);
    }
    // What comes before the first `@` is user and password, whatever is in it.
    let address = url.find('@').map_or(0, |at| at + 1);
    let end = url[address..].find('?').map_or(url.len(), |question| address + question);
    let (mut plain, mut security) = (format!("{}?", &url[..end]), Security::default());
    for parameter in url[end..].trim_start_matches('?').split('&').filter(|text| !text.is_empty()) {
        let (key, value) = parameter.split_once('=').ok_or(UrlFault::Form)?;
        let text = percent_decode_str(value).decode_utf8().map_err(|_| UrlFault::Form)?;
        match key {
            "sslmode" => security.mode = Some(text.into_owned()),
            "sslrootcert" => security.roots = Some(text.into_owned()),
            "host" | "port" | "user" | "password" | "dbname" => {
                plain.push_str(parameter);
                plain.push('&');
            }
            _ => return Err(UrlFault::Parameter),
        }
    }
    plain.pop();
    Ok((plain, security))
}

fn locate(host: &Host) -> Result<(String, Place), UrlFault> {
    match host {
        Host::Unix(folder) => {
            let folder = folder.to_str().ok_or(UrlFault::Form)?;
            Ok((folder.to_owned(), Place::Socket))
        }
        Host::Tcp(name) if name.is_empty() => Err(UrlFault::Host),
        Host::Tcp(name) => {
            let is_loopback = name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
            let is_here = is_loopback || name == "localhost";
            Ok((name.clone(), if is_here { Place::ThisMachine } else { Place::Elsewhere }))
        }
    }
}

impl Security {
    fn tls(
        self,
        place: Place,
        read: impl FnOnce(&str) -> Result<String, Cause>,
    ) -> Result<Tls, UrlFault> {
        let is_verified = match self.mode.as_deref() {
            Some("verify-full") => true,
            Some("disable") => false,
            Some(_) => return Err(UrlFault::Mode),
            None => place == Place::Elsewhere || self.roots.is_some(),
        };
        match self.roots {
            _ if !is_verified => Ok(Tls::Off),
            _ if place == Place::Socket => Err(UrlFault::Socket),
            None => Err(UrlFault::RootsMissing),
            Some(file) => Ok(Tls::Verified { roots: read(&file).map_err(UrlFault::Roots)? }),
        }
    }
}
