//! An assembly brought into AWS by change sets, compared with what is there, and taken away again.
