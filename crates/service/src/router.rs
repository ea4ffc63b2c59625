//! The one router: served on a laptop and in Lambda alike.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::envelope::{envelope, limit, no_such_method, no_such_path};
use crate::options::Exposure;
use crate::ports::Region;
use crate::route::METRICS;
use crate::state::Service;
use crate::{health, moves, reads};

/// The router of this service.
pub fn router<R: Region>(service: Service<R>) -> Router {
    let mut router = money(&service).merge(about::<R>());
    if service.shared().options.metrics == Exposure::Prometheus {
        router = router.route(METRICS, get(health::metrics::<R>));
    }
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(service.clone(), envelope::<R>))
        .with_state(service)
}

/// What is about money, and limited.
fn money<R: Region>(service: &Service<R>) -> Router<Service<R>> {
    Router::new()
        .route("/payments", get(reads::payments::<R>).post(moves::create::<R>))
        .route("/payments/validate", post(moves::validate::<R>))
        .route("/payments/{id}", get(reads::payment::<R>))
        .route("/payments/{id}/refunds", post(moves::refund::<R>))
        .route("/accounts/{id}/balance", get(reads::balance::<R>))
        .route_layer(from_fn_with_state(service.clone(), limit::<R>))
}

/// What is about the service, and answered however busy it is.
fn about<R: Region>() -> Router<Service<R>> {
    Router::new()
        .route("/health", get(health::serving))
        .route("/health/ready", get(health::ready::<R>))
        .route("/health/traffic", get(health::traffic::<R>))
        .route("/openapi.json", get(health::interface))
}
