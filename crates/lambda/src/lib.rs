//! The three functions of the payment service, as executables for AWS Lambda.
