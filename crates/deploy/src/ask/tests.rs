//! Who is asked again, for how long, and what trouble is called.

use aws_sdk_cloudformation::config::http::HttpResponse as Response;
use aws_sdk_cloudformation::error::ErrorMetadata;
use aws_sdk_cloudformation::operation::create_change_set::CreateChangeSetError;

use super::*;

fn question() -> Question {
    let (region, about) = ("us-east-2".to_owned(), "the stack `a`".to_owned());
    Question { action: "cloudformation:CreateChangeSet", region, about }
}

fn said(status: u16, code: &str) -> SdkError<CreateChangeSetError, Response> {
    let meta = ErrorMetadata::builder().code(code).message("words").build();
    let status = status.try_into().expect("it is a status");
    SdkError::service_error(CreateChangeSetError::generic(meta), Response::new(status, "".into()))
}

#[test]
fn every_code_has_its_kind() {
    let table = [
        (403, "ExpiredToken", TroubleKind::Credentials, false),
        (400, "ExpiredTokenException", TroubleKind::Credentials, false),
        (403, "InvalidClientTokenId", TroubleKind::Credentials, false),
        (403, "AccessDenied", TroubleKind::Denied, false),
        (400, "AccessDeniedException", TroubleKind::Denied, false),
        (400, "ValidationError", TroubleKind::Refused, false),
        (400, "AlreadyExistsException", TroubleKind::Refused, false),
        (400, "Throttling", TroubleKind::Unanswered, true),
        (400, "ThrottlingException", TroubleKind::Unanswered, true),
        (500, "InternalFailure", TroubleKind::Unanswered, true),
        (503, "ServiceUnavailable", TroubleKind::Unanswered, true),
    ];
    for (status, code, kind, may_help) in table {
        let (helps, trouble) = trouble(&question(), &said(status, code));
        assert_eq!((trouble.kind, helps), (kind, may_help), "{code}");
    }
}

#[test]
fn says_what_was_asked_and_what_to_do() {
    let (_, trouble) = trouble(&question(), &said(403, "AccessDenied"));
    assert_eq!(
        trouble.to_string(),
        "`cloudformation:CreateChangeSet` of the stack `a` in us-east-2: there is no permission for it: AccessDenied (403): words"
    );
    assert!(trouble.advice().contains("`cloudformation:CreateChangeSet`"), "{}", trouble.advice());
}

#[tokio::test]
async fn asks_again_only_as_often_as_it_may() {
    let patience = Patience { attempts_max: 3, pause_first: Duration::ZERO, ..Patience::default() };
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let attempt = || {
        asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        std::future::ready(Err::<(), _>(said(400, "Throttling")))
    };
    let end = ask(patience, &|| 0, &question(), attempt).await;
    assert_eq!(end.map_err(|trouble| trouble.kind), Err(TroubleKind::Unanswered));
    assert_eq!(asked.into_inner(), 3);
}

#[test]
fn pauses_grow_to_a_bound() {
    let patience = Patience::default();
    assert!(patience.pause(0, 0) < patience.pause(3, 0));
    for random in [0, 500, 999, u64::MAX] {
        assert!(patience.pause(40, random) <= patience.pause_max);
    }
}
