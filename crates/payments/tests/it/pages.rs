//! Pages of lists.

use payments::{PageRequest, PaymentId, Time};
use proptest::prelude::*;

use crate::support::{START_MS, cases, payment, randomness};
use crate::table::check;

#[test]
fn query_parameters() {
    let known = payment(1).to_string();
    check::<3>(
        "
        -   | -      | 11 rows
        1   | -      | 2 rows
        100 | id     | 101 rows
        0   | -      | limit malformed
        101 | -      | limit malformed
        -1  | -      | limit malformed
        ten | -      | limit malformed
            | -      | limit malformed
        10  | pay_1  | starting_after malformed
        0   | ref_1  | limit malformed, starting_after malformed
        ",
        |[limit, after, _]| {
            let given = |cell: &str| Some(cell.to_owned()).filter(|cell| cell != "-");
            let after = given(after).map(|cell| if cell == "id" { known.clone() } else { cell });
            match PageRequest::parse(given(limit).as_deref(), after.as_deref()) {
                Ok(page) => format!("{} rows", page.rows()),
                Err(faults) => {
                    let faults =
                        faults.iter().map(|fault| format!("{} {}", fault.param, fault.code.code()));
                    faults.collect::<Vec<_>>().join(", ")
                }
            }
        },
    );
}

/// Payments 1 to 5, newest last.
fn payments() -> Vec<PaymentId> {
    (1..=5).map(|number| PaymentId::new(Time::from_ms(START_MS + number), randomness(0))).collect()
}

#[test]
fn newest_first_and_after_the_last() {
    check::<4>(
        "
        limit | after | items     | more
        ------+-------+-----------+-----
        2     | -     | 5 4       | more
        2     | 4     | 3 2       | more
        2     | 2     | 1         | end
        2     | 1     |           | end
        5     | -     | 5 4 3 2 1 | end
        4     | -     | 5 4 3 2   | more
        100   | 3     | 2 1       | end
        ",
        |[limit, after, items, _]| {
            if *limit == "limit" {
                return "more".to_owned();
            }
            let all = payments();
            let after = after.parse::<usize>().ok().map(|number| all[number - 1].to_string());
            let page =
                PageRequest::parse(Some(limit), after.as_deref()).unwrap().select(all.clone());
            let place = |id: &PaymentId| all.iter().position(|known| known == id).unwrap() + 1;
            let found: Vec<String> = page.items.iter().map(|id| place(id).to_string()).collect();
            assert_eq!(found.join(" "), *items);
            if page.has_more { "more" } else { "end" }.to_owned()
        },
    );
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn pages_hold_everything_once(
        numbers in prop::collection::btree_set(0..1_000_u32, 0..60),
        limit in 1..=100_usize,
    ) {
        let all: Vec<PaymentId> = numbers.into_iter().map(payment).collect();
        let mut seen: Vec<PaymentId> = Vec::new();
        loop {
            let after = seen.last().map(PaymentId::to_string);
            let request = PageRequest::parse(Some(&limit.to_string()), after.as_deref()).unwrap();
            let page = request.select(all.clone());
            prop_assert!(page.items.len() <= limit);
            seen.extend(&page.items);
            prop_assert!(seen.len() <= all.len(), "something is on two pages");
            if !page.has_more { break; }
            prop_assert_eq!(page.items.len(), limit);
        }
        let mut newest_first = all;
        newest_first.sort_by(|a, b| b.cmp(a));
        prop_assert_eq!(seen, newest_first);
    }
}
