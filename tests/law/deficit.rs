//! Who is counted as lacking a place, and where (004 pt.36, pt.41; D-143).

use kezek::queue::deficit::{Asking, Balance, Choice, Need};

fn choice(preschool: char, preference: Option<u8>, number: u32) -> Choice<char> {
    Choice {
        preschool,
        preference,
        number,
    }
}

fn asking(choices: Vec<Choice<char>>) -> Asking<char> {
    Asking {
        birth_year: 2022,
        enrolled: false,
        choices,
    }
}

// D-17, D-143: at the most preferred preschool, else where the number is smallest, ties as sent.
#[test]
fn child_is_counted_once_where_it_is_most_likely_to_take_a_place() {
    let wished = asking(vec![choice('A', Some(2), 1), choice('B', Some(1), 90)]);
    assert_eq!(wished.counted_at(), Some('B'));
    let unwished = asking(vec![choice('A', None, 7), choice('B', None, 3)]);
    assert_eq!(unwished.counted_at(), Some('B'));
    let tied = asking(vec![choice('B', None, 3), choice('A', None, 3)]);
    assert_eq!(tied.counted_at(), Some('B'));
    assert_eq!(asking(Vec::new()).counted_at(), None);
}

// pt.41(7) «по чистой потребности, по причине смены организации»; pt.27 «на календарный год».
#[test]
fn child_with_a_place_and_child_without_age_lack_none_now() {
    let child = asking(vec![choice('A', None, 1)]);
    assert_eq!(child.need(2022), Need::Later);
    assert_eq!(child.need(2023), Need::Now);
    let enrolled = Asking {
        enrolled: true,
        ..child
    };
    assert_eq!(enrolled.need(2022), Need::Change);
    assert_eq!(enrolled.need(2026), Need::Change);
}

// pt.36, pt.41(5), (6): in an area a free place of one preschool serves a child counted at another.
#[test]
fn deficit_of_an_area_is_that_of_its_sums() {
    let mut full = Balance::default();
    for need in [Need::Now, Need::Now, Need::Now, Need::Change, Need::Later] {
        full.count(need);
    }
    let empty = Balance {
        free: 2,
        ..Balance::default()
    };
    assert_eq!((full.deficit(), full.surplus()), (3, 0));
    assert_eq!((empty.deficit(), empty.surplus()), (0, 2));
    let mut area = full;
    area.add(&empty);
    assert_eq!((area.deficit(), area.surplus()), (1, 0));
    assert_eq!((area.seeking, area.changing, area.later), (3, 1, 1));
    // Never both: what is missing is not left over.
    for (seeking, free) in (0..5).flat_map(|s| (0..5).map(move |f| (s, f))) {
        let balance = Balance {
            seeking,
            free,
            ..Balance::default()
        };
        assert!(balance.deficit() == 0 || balance.surplus() == 0);
        assert_eq!(balance.deficit() + free, balance.surplus() + seeking);
    }
}
