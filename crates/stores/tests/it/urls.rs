//! What URLs of databases mean, and what is said of those that mean nothing.

use std::fmt::Write as _;

use expect_test::expect;
use stores::PgSettings;

/// What the URL means, a line for each.
fn told(urls: &[&str]) -> String {
    let mut told = String::new();
    for url in urls {
        let read = |file: &str| match file {
            "/etc/roots.pem" => Ok("the roots".to_owned()),
            _ => Err("there is no such file".into()),
        };
        let answer = match PgSettings::from_url(url, read) {
            Ok(settings) => format!("{settings:?} {:?}", settings.tls),
            Err(fault) => format!("{fault}"),
        };
        writeln!(told, "{url}\n    {answer}").unwrap();
    }
    told
}

#[test]
fn urls_that_mean_something() {
    let urls = [
        "postgresql://app:secret@db.example:6432/pay?sslrootcert=/etc/roots.pem",
        "postgres://app@db.example/pay?sslmode=verify-full&sslrootcert=%2Fetc%2Froots.pem",
        "postgresql://app:secret@db.example/pay?sslmode=disable",
        "postgresql://app@localhost/pay",
        "postgresql://app@127.0.0.1:1/pay?sslrootcert=/etc/roots.pem",
        "postgresql://app@[::1]/pay?sslmode=verify-full&sslrootcert=/etc/roots.pem",
        "postgresql://a%40b:p%3F%2F@%2Fvar%2Frun/pay",
        "postgresql:///?host=/var/run&port=7&user=app&password=secret&dbname=pay",
    ];
    expect![[r#"
        postgresql://app:secret@db.example:6432/pay?sslrootcert=/etc/roots.pem
            PgSettings(app at db.example:6432/pay, verified) Verified { roots: "the roots" }
        postgres://app@db.example/pay?sslmode=verify-full&sslrootcert=%2Fetc%2Froots.pem
            PgSettings(app at db.example:5432/pay, verified) Verified { roots: "the roots" }
        postgresql://app:secret@db.example/pay?sslmode=disable
            PgSettings(app at db.example:5432/pay, plain) Off
        postgresql://app@localhost/pay
            PgSettings(app at localhost:5432/pay, plain) Off
        postgresql://app@127.0.0.1:1/pay?sslrootcert=/etc/roots.pem
            PgSettings(app at 127.0.0.1:1/pay, verified) Verified { roots: "the roots" }
        postgresql://app@[::1]/pay?sslmode=verify-full&sslrootcert=/etc/roots.pem
            PgSettings(app at ::1:5432/pay, verified) Verified { roots: "the roots" }
        postgresql://a%40b:p%3F%2F@%2Fvar%2Frun/pay
            PgSettings(a@b at /var/run:5432/pay, plain) Off
        postgresql:///?host=/var/run&port=7&user=app&password=secret&dbname=pay
            PgSettings(app at /var/run:7/pay, plain) Off
    "#]]
    .assert_eq(&told(&urls));
}

#[test]
fn urls_that_mean_nothing() {
    let urls = [
        "mysql://app@localhost/pay",
        "host=localhost user=app",
        "postgresql://app@localhost:many/pay",
        "postgresql://app@localhost/pay?sslmode",
        "postgresql://app:%ff@localhost/pay",
        "postgresql://app:sec@ret?word@localhost/pay",
        "postgresql://app@localhost/pay?target_session_attrs=any",
        "postgresql://app@/pay",
        "postgresql://app@one,two/pay",
        "postgresql://localhost/pay",
        "postgresql://app@localhost",
        "postgresql://app@localhost/pay?sslmode=require",
        "postgresql://app@%2Fvar%2Frun/pay?sslmode=verify-full&sslrootcert=/etc/roots.pem",
        "postgresql://app@db.example/pay",
        "postgresql://app@db.example/pay?sslrootcert=/etc/none.pem",
    ];
    expect![[r#"
        mysql://app@localhost/pay
            it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        host=localhost user=app
            it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        postgresql://app@localhost:many/pay
            it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        postgresql://app@localhost/pay?sslmode
            it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        postgresql://app:%ff@localhost/pay
            it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        postgresql://app:sec@ret?word@localhost/pay
            it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        postgresql://app@localhost/pay?target_session_attrs=any
            it has a parameter other than `sslmode`, `sslrootcert`, `host`, `port`, `user`, `password` and `dbname`
        postgresql://app@/pay
            it must name one host, or the folder of a socket as `?host=/folder`
        postgresql://app@one,two/pay
            it must name one host, or the folder of a socket as `?host=/folder`
        postgresql://localhost/pay
            it names no user
        postgresql://app@localhost
            it names no database
        postgresql://app@localhost/pay?sslmode=require
            `sslmode` must be `verify-full`, or `disable` for a server on this machine or in a trusted network
        postgresql://app@%2Fvar%2Frun/pay?sslmode=verify-full&sslrootcert=/etc/roots.pem
            a server behind a socket has no TLS: leave `sslmode` and `sslrootcert` out
        postgresql://app@db.example/pay
            `sslrootcert` must name the file of the trusted certificates, because the server is not on this machine; `sslmode=disable` goes without
        postgresql://app@db.example/pay?sslrootcert=/etc/none.pem
            the file that `sslrootcert` names cannot be read
    "#]].assert_eq(&told(&urls));
}

#[test]
fn a_password_is_shown_to_nobody() {
    let url = "postgresql://app:hunter2@localhost/pay?";
    let settings = PgSettings::from_url(url, |_| Ok(String::new())).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    for (end, mark) in url.match_indices(|_| true) {
        for wrong in ["?", "@", "/", ":", "%", "#", "&", "="] {
            let url = format!("{}{wrong}{}", &url[..end], &url[end + mark.len()..]);
            if let Err(fault) = PgSettings::from_url(&url, |_| Ok(String::new())) {
                assert!(!format!("{fault} {fault:?}").contains("unter"), "{url}");
            }
        }
    }
}
