//! How long clusters take, for whoever asks:
//! `cargo nextest run -p local --run-ignored only --no-capture postgres_figures`.

use std::time::{Duration, Instant};

use local::postgres::{Cluster, StopMode};

use crate::postgres_pair::{Pair, commit, level, raise, tell};
use crate::samples::posts;

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
#[ignore = "it shows how long things take, and tests nothing"]
async fn clusters_take_this_long() {
    let begun = Instant::now();
    let pair = Pair::absent(None).await;
    tell(&[("template", begun.elapsed())]);
    for _ in 0..3 {
        begin(&pair).await;
        switch(&pair.one, &pair.other, 2).await;
        switch(&pair.other, &pair.one, 3).await;
        fail_over(&pair).await;
        pair.one.stop(StopMode::Fast).await;
        pair.other.stop(StopMode::Fast).await;
    }
}

async fn begin(pair: &Pair) {
    let begun = Instant::now();
    pair.one.create(&pair.template).await.unwrap();
    pair.other.create(&pair.template).await.unwrap();
    tell(&[("two copies of the template", begun.elapsed())]);
    pair.one.start().await.unwrap();
    pair.other.start_as_standby(pair.one.address()).await.unwrap();
    tell(&[("copies, both started", begun.elapsed())]);
    let begun = Instant::now();
    pair.other.follow(pair.one.address()).await.unwrap();
    tell(&[("base backup, started", begun.elapsed())]);
    raise(&pair.one, 1).await;
    level(&pair.other, &pair.one).await;
}

async fn switch(old: &Cluster, new: &Cluster, epoch: u64) {
    let begun = Instant::now();
    let last = old.demote(SOON).await.unwrap();
    tell(&[("switch: stopped", begun.elapsed())]);
    new.reaches(last, SOON).await.unwrap();
    new.promote().await.unwrap();
    tell(&[("switch: promoted", begun.elapsed())]);
    raise(new, epoch).await;
    tell(&[("switch: first write", begun.elapsed())]);
    let begun = Instant::now();
    old.start_as_standby(new.address()).await.unwrap();
    level(old, new).await;
    tell(&[("the old one follows", begun.elapsed())]);
}

async fn fail_over(pair: &Pair) {
    let (old, new) = (&pair.one, &pair.other);
    new.stop(StopMode::Fast).await;
    commit(old, &(1..99).map(|number| posts(number, 3)).collect::<Vec<_>>()).await;
    let begun = Instant::now();
    old.kill();
    tell(&[("kill", begun.elapsed())]);
    new.start().await.unwrap();
    let begun = Instant::now();
    new.promote().await.unwrap();
    tell(&[("failover: promoted", begun.elapsed())]);
    raise(new, 4).await;
    tell(&[("failover: first write", begun.elapsed())]);
    let evidence = pair.folder.join("evidence.json");
    let rejoined = old.rejoin(new.address(), &evidence).await.unwrap();
    tell(&[("rejoin", rejoined.took)]);
}
