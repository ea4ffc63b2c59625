//! A table of errors, each with what it means.

use aws_sdk_dynamodb::error::{ConnectorError, ErrorMetadata};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_smithy_runtime_api::http::StatusCode;
use expect_test::expect;

use super::*;

type Sdk = SdkError<PutItemError, HttpResponse>;

fn raw(status: u16) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("it is a status");
    HttpResponse::new(status, r#"{"SecretString":"hunter2"}"#.into())
}

fn says(status: u16, code: &str) -> Sdk {
    let meta = ErrorMetadata::builder().code(code).message("words").build();
    SdkError::service_error(PutItemError::generic(meta), raw(status))
}

fn silent(status: u16) -> Sdk {
    SdkError::service_error(PutItemError::generic(ErrorMetadata::builder().build()), raw(status))
}

fn way_is_broken(error: ConnectorError) -> Sdk {
    SdkError::dispatch_failure(error)
}

fn row(name: &str, error: &Sdk) -> String {
    let (what, failure) = match sorted(error) {
        Sorted::Busy(failure) => ("try again", Some(failure)),
        Sorted::Silent(failure) => ("try again elsewhere", Some(failure)),
        Sorted::Compared => ("compare", None),
        Sorted::Stop(failure) => ("stop", Some(failure)),
    };
    let (fate, said) = match &failure {
        Some(Failure { fate: Fate::NotDone, said }) => ("not done", said.to_string()),
        Some(Failure { fate: Fate::Doubtful, said }) => ("doubtful", said.to_string()),
        None => ("not done", String::new()),
    };
    format!("{name:<38} {what:<20} {fate:<9} {said}").trim_end().to_owned() + "\n"
}

#[test]
fn answers_of_the_service() {
    let rows = [
        (400, "ConditionalCheckFailedException"),
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (400, "RequestLimitExceeded"),
        (400, "KMSThrottling"),
        (429, "TooManyRequests"),
        (400, "ReplicatedWriteConflictException"),
        (500, "InternalServerError"),
        (503, "SlowDown"),
        (503, "ServiceUnavailable"),
        (408, "RequestTimeoutException"),
        (400, "ResourceNotFoundException"),
        (400, "ValidationException"),
        (400, "AccessDeniedException"),
        (400, "ExpiredTokenException"),
        (400, "TransactionConflictException"),
        (301, "PermanentRedirect"),
    ];
    let told: String = rows.iter().map(|(status, code)| row(code, &says(*status, code))).collect();
    expect![[r#"
        ConditionalCheckFailedException        compare              not done
        ProvisionedThroughputExceededException try again            not done  ProvisionedThroughputExceededException (400): words
        ThrottlingException                    try again            not done  ThrottlingException (400): words
        RequestLimitExceeded                   try again            not done  RequestLimitExceeded (400): words
        KMSThrottling                          try again            not done  KMSThrottling (400): words
        TooManyRequests                        try again            doubtful  TooManyRequests (429): words
        ReplicatedWriteConflictException       try again            doubtful  ReplicatedWriteConflictException (400): words
        InternalServerError                    try again elsewhere  doubtful  InternalServerError (500): words
        SlowDown                               try again            not done  SlowDown (503): words
        ServiceUnavailable                     try again elsewhere  doubtful  ServiceUnavailable (503): words
        RequestTimeoutException                try again elsewhere  doubtful  RequestTimeoutException (408): words
        ResourceNotFoundException              stop                 not done  ResourceNotFoundException (400): words
        ValidationException                    stop                 not done  ValidationException (400): words
        AccessDeniedException                  stop                 not done  AccessDeniedException (400): words
        ExpiredTokenException                  stop                 not done  ExpiredTokenException (400): words
        TransactionConflictException           stop                 not done  TransactionConflictException (400): words
        PermanentRedirect                      stop                 doubtful  PermanentRedirect (301): words
    "#]].assert_eq(&told);
}

#[test]
fn answers_of_something_else() {
    let told: String =
        [403, 407, 429, 502, 504].map(|status| row(&status.to_string(), &silent(status))).concat();
    expect![[r#"
        403                                    stop                 doubtful  error (403): -
        407                                    stop                 doubtful  error (407): -
        429                                    try again            doubtful  error (429): -
        502                                    try again elsewhere  doubtful  error (502): -
        504                                    try again elsewhere  doubtful  error (504): -
    "#]]
    .assert_eq(&told);
}

#[test]
fn no_answer() {
    let io = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let unsigned = CredentialsError::not_loaded("nobody is here");
    let rows = [
        ("construction", SdkError::construction_failure("a table needs a name")),
        ("time-out", SdkError::timeout_error("too late")),
        ("connection reset", way_is_broken(ConnectorError::io(io().into()))),
        ("time-out on the way", way_is_broken(ConnectorError::timeout(io().into()))),
        ("broken off", way_is_broken(ConnectorError::other("incomplete".into(), None))),
        ("no credentials", way_is_broken(ConnectorError::other(unsigned.into(), None))),
        ("unreadable", SdkError::response_error("found `hunter2`", raw(200))),
    ];
    let told: String = rows.iter().map(|(name, error)| row(name, error)).collect();
    expect![[r#"
        construction                           stop                 not done  failed to construct request: a table needs a name
        time-out                               try again elsewhere  doubtful  no answer in time
        connection reset                       try again elsewhere  doubtful  dispatch failure: io error: connection reset
        time-out on the way                    try again elsewhere  doubtful  dispatch failure: timeout: connection reset
        broken off                             try again elsewhere  doubtful  dispatch failure: other: incomplete
        no credentials                         try again elsewhere  not done  dispatch failure: other: the credential provider was not enabled: nobody is here
        unreadable                             try again elsewhere  doubtful  an answer that cannot be read
    "#]].assert_eq(&told);
    assert!(!told.contains("hunter2"));
}
