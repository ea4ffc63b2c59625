//! Two Regions on one machine: real PostgreSQL replication, real processes, real sockets, real DNS
//! packets, and what makes them fail.
