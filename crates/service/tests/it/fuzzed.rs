//! A fuzzer that has read the document of the interface, against a world in which all is well.

use crate::schemathesis;
use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_a_server_error_or_not_of_the_document() {
    let server = Server::start().await;
    server.world.set_worked_off();
    let base = format!("http://{}", server.address);
    tokio::task::spawn_blocking(move || schemathesis::finds_nothing(&base)).await.unwrap();
}
