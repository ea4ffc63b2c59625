//! A ledger with a long history, written by the server itself.

use payments::{MovementId, PaymentId};
use stores::PgSettings;

use crate::server::Server;

/// Payments from one number up to another, each with its transfers and its event, settled and told.
const FILL: &str = "
    CREATE TEMP TABLE many AS SELECT
        'pay_01KDVDKR00' || lpad(number::text, 16, '0') AS id,
        translate(lpad(to_hex(number), 64, '0'), '0123456789abcdef', 'abcdefghijklmnop') AS key,
        'acc_01KDVDKR00' || lpad((number % 1000)::text, 16, '0') AS account,
        'evt_01KDVDKR00' || lpad(number::text, 16, '0') AS event,
        number / 1000 + 1 AS sequence
    FROM generate_series(FIRST::bigint, LAST - 1) AS number;
    INSERT INTO payments (id, intent_key, account, amount, currency, token, metadata, accepted, version, state)
    SELECT id, key, account, 1000, 'EUR', 'tok_abcdefghij', '{}', 1, 2, 'succeeded' FROM many;
    INSERT INTO transfers (movement, version, phase, payment, debit, credit, amount, currency)
    SELECT id, version, phase, id, 'clearing', account, 1000, 'EUR'
    FROM many, (VALUES (1, 'pending'), (2, 'posted')) AS steps (version, phase);
    INSERT INTO outbox (id, kind, account, account_sequence, payment, amount, currency, epoch, published_at)
    SELECT event, 'payment.succeeded', account, sequence, id, 1000, 'EUR', 1, now() FROM many;
    ANALYZE";

/// The rows of tables and indices that the server has read for anybody in this database who has left it.
const ROWS_READ: &str = "
    SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables)
        + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)";

/// Writes these payments.
pub(crate) fn fill(server: &Server, settings: &PgSettings, numbers: std::ops::Range<u64>) {
    let (first, last) = (numbers.start.to_string(), numbers.end.to_string());
    server.ask(settings, &FILL.replace("FIRST", &first).replace("LAST", &last));
}

/// The id of the payment of this number.
pub(crate) fn movement(number: u64) -> MovementId {
    let id = PaymentId::parse(&format!("pay_01KDVDKR00{number:016}"));
    MovementId::Payment(id.expect("ids are written so"))
}

/// How many rows were read so far, when nobody but this is connected any more.
pub(crate) async fn rows_read(server: &Server, settings: &PgSettings) -> u64 {
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while server.ask(settings, others).trim() != "0" {
        // Connections are closed by tasks.
        tokio::task::yield_now().await;
    }
    server.ask(settings, ROWS_READ).trim().parse().expect("it is a number")
}
