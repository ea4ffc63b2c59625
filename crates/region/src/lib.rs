//! One Region of the payment service, put together: the gate kept open, the outbox worked off, the outside reached.
