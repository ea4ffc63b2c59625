//! Scratch.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let scenario = drill::parse("scratch", &text).unwrap_or_else(|faults| {
        for f in faults {
            println!("{f}");
        }
        panic!()
    });
    let seeds: u64 = args[2].parse().unwrap();
    let first: u64 = args.get(3).map_or(0, |a| a.parse().unwrap());
    let begun = Instant::now();
    let (mut ms, mut moments, mut bad, mut open) = (0, 0, 0, 0);
    let mut kinds = std::collections::BTreeMap::<String, (u64, u64, String)>::new();
    for seed in first..first + seeds {
        let fixed = scenario.fixed(seed);
        let history = drill::simulate(&fixed, seed);
        let verdict = drill::judge(&fixed, &history);
        ms += history.end.at_ms;
        moments += history.moments.len();
        open += u64::from(!history.end.is_at_rest);
        bad += u64::from(!verdict.violations.is_empty());
        for v in &verdict.violations {
            let text = v.to_string();
            let kind = format!("{v:?}").split([' ', '(', '{']).next().unwrap().to_owned();
            let e = kinds.entry(kind).or_insert((0, seed, text));
            e.0 += 1;
        }
        if seeds == 1 {
            println!("{fixed}");
            for m in &history.moments {
                println!("{:>9.3} {:?}", m.at_ms as f64 / 1000.0, m.what);
            }
            println!("{:?}", history.end.left);
            for v in &verdict.violations {
                println!("VIOLATION {v}");
            }
        }
    }
    let took = begun.elapsed();
    println!(
        "{seeds} seeds in {:?}: {:.0}/s, {:.0} x real, {} moments each, bad {bad}, not at rest {open}",
        took,
        seeds as f64 / took.as_secs_f64(),
        ms as f64 / 1000.0 / took.as_secs_f64(),
        moments as u64 / seeds
    );
    for (k, (n, seed, text)) in kinds {
        println!("{n:>6} {k} (seed {seed}): {text}");
    }
}
