//! Reading services on a real register: what was loaded comes out whole, page by page.

use std::collections::BTreeMap;

use kezek::registry::CodeList;
use kezek::services::Regions;

use crate::registers::start;
use crate::services::{Counter, texts};

// 004 1_1 p.4, p.6, p.8: whoever fills in a form needs each list, and needs all of it.
#[tokio::test]
async fn every_list_that_was_loaded_comes_out_whole_in_pages_of_two() {
    let counter = Counter::open().await;
    let set = start();
    let fixture = include_str!("../../fixtures/services/code-list/accepted.request.xml");
    for list in CodeList::ALL {
        let mut shown = BTreeMap::new();
        let mut after = String::new();
        loop {
            let asked = format!(
                "<k:list>{}</k:list>{after}<k:limit>2</k:limit>",
                list.code()
            );
            let text = fixture.replace("<k:list>BENEFIT</k:list>", &asked);
            let page = counter.hand_in("egov", Regions::All, &text, 0).await;
            let [kk, ru] = ["kk", "ru"].map(|language| texts(&page, language));
            let codes = texts(&page, "code");
            assert!(codes.len() <= 2 && codes.is_sorted(), "{}", page.payload);
            let last = codes.last().cloned().unwrap_or_default();
            after = format!("<k:after>{last}</k:after>");
            shown.extend(codes.into_iter().zip(kk.into_iter().zip(ru)));
            if texts(&page, "more") == ["false"] {
                break;
            }
        }
        let loaded = set.codes.iter().filter(|row| row.list == list);
        let loaded: BTreeMap<_, _> = loaded
            .map(|row| {
                let names = (row.name_kk.clone(), row.name_ru.clone());
                (row.code.clone(), names)
            })
            .collect();
        assert_eq!(shown, loaded, "{list:?}");
    }
}
