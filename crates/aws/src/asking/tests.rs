//! Who is asked when, on a clock that moves only when everybody waits.

use expect_test::{Expect, expect};

use super::*;

/// What an endpoint does with one request.
#[derive(Clone, Copy)]
enum Does {
    Answers,
    Refuses,
    IsBusy,
    Hangs,
    Stops,
}

impl Does {
    async fn answer(self) -> Result<(), Sorted> {
        let failure = |fate| Failure { fate, said: Said::new("no") };
        match self {
            Self::Answers => Ok(()),
            Self::Refuses => Err(Sorted::Silent(failure(Fate::NotDone))),
            Self::IsBusy => Err(Sorted::Busy(failure(Fate::NotDone))),
            Self::Hangs => std::future::pending().await,
            Self::Stops => Err(Sorted::Stop(failure(Fate::NotDone))),
        }
    }
}

/// Asks with the longest pauses there are; tells each try with its time, and the end.
async fn story(asking: &Asking, local: Does, other: Does) -> String {
    let began = Instant::now();
    let told = Mutex::new(String::new());
    let tell = |what: &str| {
        let at = format!("{} {what}\n", began.elapsed().as_millis());
        *told.lock().unwrap() += &at;
    };
    let asked = asking.ask(&|| u64::MAX, |endpoint| match endpoint {
        Endpoint::Local => {
            tell("local");
            local.answer()
        }
        Endpoint::Other => {
            tell("other");
            other.answer()
        }
    });
    match asked.await {
        Asked { answer: Ok(()), before } => tell(&format!("answered; before: {before:?}")),
        Asked { answer: Err(said), before } => tell(&format!("{said}; {before:?}")),
    }
    told.into_inner().unwrap()
}

async fn check(local: Does, other: Does, expected: Expect) {
    let asking = Asking::here_and_there(Patience::default());
    expected.assert_eq(&story(&asking, local, other).await);
}

#[tokio::test(start_paused = true)]
async fn the_local_endpoint_answers() {
    check(
        Does::Answers,
        Does::Answers,
        expect![[r#"
        0 local
        0 answered; before: NotDone
    "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_other_stands_in_at_once() {
    check(
        Does::Refuses,
        Does::Answers,
        expect![[r#"
        0 local
        0 other
        0 answered; before: NotDone
    "#]],
    )
    .await;
    check(
        Does::IsBusy,
        Does::Answers,
        expect![[r#"
        0 local
        0 other
        0 answered; before: NotDone
    "#]],
    )
    .await;
    check(
        Does::Stops,
        Does::Answers,
        expect![[r#"
        0 local
        0 other
        0 answered; before: NotDone
    "#]],
    )
    .await;
    check(
        Does::Hangs,
        Does::Answers,
        expect![[r#"
        0 local
        500 other
        500 answered; before: Doubtful
    "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn nobody_answers_in_bounded_time() {
    check(
        Does::Refuses,
        Does::IsBusy,
        expect![[r#"
        0 local
        0 other
        14 local
        28 other
        56 local
        84 other
        155 local
        226 other
        226 in this Region: no; in the other Region: no; NotDone
    "#]],
    )
    .await;
    check(
        Does::Hangs,
        Does::Hangs,
        expect![[r#"
        0 local
        500 other
        1214 local
        1500 in this Region: no answer in time; in the other Region: no answer in time; Doubtful
    "#]],
    )
    .await;
    check(
        Does::Hangs,
        Does::Stops,
        expect![[r#"
        0 local
        500 other
        514 local
        1042 local
        1500 in this Region: no answer in time; in the other Region: no; Doubtful
    "#]],
    )
    .await;
    check(
        Does::Stops,
        Does::Stops,
        expect![[r#"
        0 local
        0 other
        0 in this Region: no; in the other Region: no; NotDone
    "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn who_hangs_is_asked_second_for_a_while() {
    let asking = Asking::here_and_there(Patience::default());
    let mut told = story(&asking, Does::Hangs, Does::Answers).await;
    told += &story(&asking, Does::Hangs, Does::Answers).await;
    tokio::time::advance(Patience::default().avoidance).await;
    told += &story(&asking, Does::Answers, Does::Answers).await;
    expect![[r#"
        0 local
        500 other
        500 answered; before: Doubtful
        0 other
        0 answered; before: NotDone
        0 local
        0 answered; before: NotDone
    "#]]
    .assert_eq(&told);
}
