//! Which route a request is for: its template, never its path, so that nothing in a path is ever
//! written down.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;

use crate::operations::OPERATIONS;

/// Where the numbers of Prometheus are.
pub(crate) const METRICS: &str = "/metrics";

/// One route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// Its template.
    pub(crate) template: &'static str,
    /// What it is about.
    pub(crate) about: About,
}

/// What a route is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// Money, or what is at no route.
    Money,
    /// The service and its Region, which machines ask all the time.
    Service,
}

impl Route {
    /// The route that the router found.
    pub(crate) fn of(request: &Request) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        let Some(template) = matched.map(MatchedPath::as_str) else {
            return Self { template: "(none)", about: About::Money };
        };
        match OPERATIONS.iter().find(|operation| operation.path == template) {
            Some(operation) if operation.tag == "payments" => {
                Self { template: operation.path, about: About::Money }
            }
            Some(operation) => Self { template: operation.path, about: About::Service },
            None => Self { template: METRICS, about: About::Service },
        }
    }
}

/// The method, from a closed set.
pub(crate) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "(other)",
    }
}
