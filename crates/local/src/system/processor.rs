//! The processor of both Regions: it serves in the supervisor, so that no fault of a Region is one of it.

use std::io;

use drill::{Site, What};
use payments::{MovementId, PaymentId, ProcessorKey, RefundId, Time};
use processor::{Moved, Terms, Wanted};
use region::Simulator;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::act;
use crate::system::inner::Inner;
use crate::system::settings::{NotUp, io};

impl Inner {
    pub(super) async fn start_processor(&self, tasks: &mut JoinSet<()>) -> Result<(), NotUp> {
        let terms = Terms::default();
        let clock = || Time::from_ms(act::now().0);
        let book = self.processor_book();
        let simulator = Simulator::open(&book, terms, clock)
            .map_err(|fault| io("the processor's books")(io::Error::other(fault)))?;
        let notes = self.notes.clone();
        simulator.watch(move |moved| {
            if let Some(moved) = what_moved(moved) {
                notes.note(moved);
            }
        });
        let listener = TcpListener::bind(self.addresses.processor).await;
        let listener = listener.map_err(io("the processor's address"))?;
        tasks.spawn(async move {
            // Without it calls are refused, which the worker puts down.
            let _ = simulator.serve(listener, std::future::pending()).await;
        });
        Ok(())
    }
}

/// Money that moved, as a drill tells of it; nothing for a key that is no movement's. The processor
/// does not know who calls: whoever has the history knows whose gate was open.
fn what_moved(moved: &Moved) -> Option<What> {
    let movement = match &moved.wanted {
        Wanted::Charge(_) => MovementId::Payment(PaymentId::parse(&moved.key)?),
        Wanted::Refund(of) => {
            MovementId::Refund(PaymentId::parse(of)?, RefundId::parse(&moved.key)?)
        }
    };
    let (key, from) = (ProcessorKey::of(movement), Site::Primary);
    let minor_units = moved.money.amount.minor_units();
    Some(What::Moved { key, movement, minor_units, from })
}
