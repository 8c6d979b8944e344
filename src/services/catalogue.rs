//! The catalogue: a row for each service that is served, in the order of the numbers.
//!
//! Law:   004 1_10; the numbers behind S-23 are ours, for what the order needs and does not list.
//! Start: [`CATALOGUE`].

use super::{
    Lane, Service, active_applications, active_contracts, active_enrolments, active_referrals,
    code_list, consent, document_check, extension, preschool_list, preschool_map,
    preschool_requisites, queue_registration, rank_check, rank_history, seat_group, seat_recall,
    settlement_list, special_needs, stop_list, update, withdrawal,
};

/// Every service that is served.
pub const CATALOGUE: &[Service] = &[
    Service {
        number: "S-01",
        name_kk: "Елді мекендердің тізімін алу",
        name_ru: "Получение списка населенных пунктов",
        request: settlement_list::REQUEST,
        answer: settlement_list::ANSWER,
        schema: "settlement-list.xsd",
        lane: Lane::Read,
        check: settlement_list::check,
        handle: settlement_list::handle,
        notice: false,
    },
    Service {
        number: "S-02",
        name_kk: "Елді мекеннің МДҰ тізімін алу",
        name_ru: "Получение перечня ДО населенного пункта",
        request: preschool_list::REQUEST,
        answer: preschool_list::ANSWER,
        schema: "preschool-list.xsd",
        lane: Lane::Read,
        check: preschool_list::check,
        handle: preschool_list::handle,
        notice: false,
    },
    Service {
        number: "S-03",
        name_kk: "МДҰ деректемелерін алу",
        name_ru: "Получение реквизитов ДО",
        request: preschool_requisites::REQUEST,
        answer: preschool_requisites::ANSWER,
        schema: "preschool-requisites.xsd",
        lane: Lane::Read,
        check: preschool_requisites::check,
        handle: preschool_requisites::handle,
        notice: false,
    },
    Service {
        number: "S-04",
        name_kk: "Баланың кезектердегі қолданыстағы өтініштерін алу",
        name_ru: "Получение действующих заявлений ребенка в очередях",
        request: active_applications::REQUEST,
        answer: active_applications::ANSWER,
        schema: "active-applications.xsd",
        lane: Lane::Read,
        check: active_applications::check,
        handle: active_applications::handle,
        notice: false,
    },
    Service {
        number: "S-05",
        name_kk: "Баланың қолданыстағы жолдамаларын алу",
        name_ru: "Получение действующих направлений ребенка",
        request: active_referrals::REQUEST,
        answer: active_referrals::ANSWER,
        schema: "active-referrals.xsd",
        lane: Lane::Read,
        check: active_referrals::check,
        handle: active_referrals::handle,
        notice: false,
    },
    Service {
        number: "S-06",
        name_kk: "Баланың МДҰ-ға қабылдау туралы қолданыстағы өтініштерін алу",
        name_ru: "Получение действующих заявлений на зачисление ребенка",
        request: active_enrolments::REQUEST,
        answer: active_enrolments::ANSWER,
        schema: "active-enrolments.xsd",
        lane: Lane::Read,
        check: active_enrolments::check,
        handle: active_enrolments::handle,
        notice: false,
    },
    Service {
        number: "S-07",
        name_kk: "Баланың МДҰ-дағы қолданыстағы шарттарын алу",
        name_ru: "Получение действующих договоров ребенка в ДО",
        request: active_contracts::REQUEST,
        answer: active_contracts::ANSWER,
        schema: "active-contracts.xsd",
        lane: Lane::Read,
        check: active_contracts::check,
        handle: active_contracts::handle,
        notice: false,
    },
    Service {
        number: "S-08",
        name_kk: "Кезекке қоюға өтінішті тіркеу",
        name_ru: "Регистрация заявления на постановку в очередь",
        request: queue_registration::REQUEST,
        answer: queue_registration::ANSWER,
        schema: "queue-registration.xsd",
        lane: Lane::Write,
        notice: false,
        check: queue_registration::check,
        handle: queue_registration::handle,
    },
    Service {
        number: "S-09",
        name_kk: "Баланы кезектен алу туралы өтінішті тіркеу",
        name_ru: "Регистрация заявления о снятии ребенка с очереди",
        request: withdrawal::REQUEST,
        answer: withdrawal::ANSWER,
        schema: "withdrawal.xsd",
        lane: Lane::Write,
        notice: false,
        check: withdrawal::check,
        handle: withdrawal::handle,
    },
    Service {
        number: "S-10",
        name_kk: "Баланың кезекте тұру мерзімін ұзартуға өтінішті тіркеу",
        name_ru: "Регистрация заявления на продление срока нахождения ребенка в очереди",
        request: extension::REQUEST,
        answer: extension::ANSWER,
        schema: "extension.xsd",
        lane: Lane::Write,
        notice: true,
        check: extension::check,
        handle: extension::handle,
    },
    Service {
        number: "S-11",
        name_kk: "Кезекте тұрған бала туралы мәліметтерді жаңарту",
        name_ru: "Обновление сведений о ребенке, состоящем в очереди",
        request: update::REQUEST,
        answer: update::ANSWER,
        schema: "update.xsd",
        lane: Lane::Write,
        check: update::check,
        handle: update::handle,
        notice: true,
    },
    Service {
        number: "S-12",
        name_kk: "Баланың кезектілік нөмірін тексеру",
        name_ru: "Проверка номера очередности ребенка",
        request: rank_check::REQUEST,
        answer: rank_check::ANSWER,
        schema: "rank-check.xsd",
        lane: Lane::Read,
        notice: false,
        check: rank_check::check,
        handle: rank_check::handle,
    },
    Service {
        number: "S-13",
        name_kk: "Кезектілік нөмірінің кезең ішінде өзгеруі туралы үзінді",
        name_ru: "Выписка об изменении номера очередности за период",
        request: rank_history::REQUEST,
        answer: rank_history::ANSWER,
        schema: "rank-history.xsd",
        lane: Lane::Read,
        notice: false,
        check: rank_history::check,
        handle: rank_history::handle,
    },
    Service {
        number: "S-14",
        name_kk: "МДҰ тобы және топтағы орындар туралы деректерді тіркеу",
        name_ru: "Регистрация данных о группе и местах в группе ДО",
        request: seat_group::REQUEST,
        answer: seat_group::ANSWER,
        schema: "seat-group.xsd",
        lane: Lane::Write,
        check: seat_group::check,
        handle: seat_group::handle,
        notice: false,
    },
    Service {
        number: "S-15",
        name_kk: "МДҰ тобындағы бос орындарды қайтарып алуды тіркеу",
        name_ru: "Регистрация отзыва свободных мест в группе ДО",
        request: seat_recall::REQUEST,
        answer: seat_recall::ANSWER,
        schema: "seat-recall.xsd",
        lane: Lane::Write,
        check: seat_recall::check,
        handle: seat_recall::handle,
        notice: false,
    },
    Service {
        number: "S-23",
        name_kk: "МДҰ орналасқан жері және орын тапшылығы",
        name_ru: "Местонахождение ДО и дефицит мест",
        request: preschool_map::REQUEST,
        answer: preschool_map::ANSWER,
        schema: "preschool-map.xsd",
        lane: Lane::Read,
        check: preschool_map::check,
        handle: preschool_map::handle,
        notice: false,
    },
    Service {
        number: "S-28",
        name_kk: "Келісімді өзгерту",
        name_ru: "Изменение согласия",
        request: consent::REQUEST,
        answer: consent::ANSWER,
        schema: "consent.xsd",
        lane: Lane::Write,
        notice: false,
        check: consent::check,
        handle: consent::handle,
    },
    Service {
        number: "S-29",
        name_kk: "Анықтамалықтың кодтарын алу",
        name_ru: "Получение кодов справочника",
        request: code_list::REQUEST,
        answer: code_list::ANSWER,
        schema: "code-list.xsd",
        lane: Lane::Read,
        notice: false,
        check: code_list::check,
        handle: code_list::handle,
    },
    Service {
        number: "S-30",
        name_kk: "Елді мекеннің стоп-парағын алу",
        name_ru: "Получение стоп-листа населенного пункта",
        request: stop_list::REQUEST,
        answer: stop_list::ANSWER,
        schema: "stop-list.xsd",
        lane: Lane::Read,
        check: stop_list::check,
        handle: stop_list::handle,
        notice: false,
    },
    Service {
        number: "S-31",
        name_kk: "Баланың ерекше білім беру қажеттілігін тексеру",
        name_ru: "Проверка наличия у ребенка льготы «Дети с ООП»",
        request: special_needs::REQUEST,
        answer: special_needs::ANSWER,
        schema: "special-needs.xsd",
        lane: Lane::Read,
        check: special_needs::check,
        handle: special_needs::handle,
        notice: false,
    },
    Service {
        number: "S-32",
        name_kk: "Өтініш құжаттарын тексеру нәтижесін тіркеу",
        name_ru: "Регистрация результата проверки документов заявления",
        request: document_check::REQUEST,
        answer: document_check::ANSWER,
        schema: "document-check.xsd",
        lane: Lane::Write,
        check: document_check::check,
        handle: document_check::handle,
        notice: false,
    },
];

/// Services of 004 1_10 that are not open yet: those of a seat's life from the referral to the
/// dismissal. Whoever calls one is told so.
pub const PLANNED: [&str; 7] = ["S-16", "S-17", "S-18", "S-19", "S-20", "S-21", "S-22"];

/// The numbers of all services, in their sequence.
pub fn numbers() -> Vec<&'static str> {
    let served = CATALOGUE.iter().map(|service| service.number);
    let mut numbers: Vec<&str> = served.chain(PLANNED).collect();
    numbers.sort_unstable();
    numbers
}

/// The service of this number.
pub fn by_number(number: &str) -> Option<&'static Service> {
    CATALOGUE.iter().find(|service| service.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_sequence_and_name_one_service_each() {
        assert!(
            CATALOGUE
                .windows(2)
                .all(|pair| pair[0].number < pair[1].number)
        );
        for service in CATALOGUE {
            assert_eq!(
                by_number(service.number).map(|s| s.request),
                Some(service.request)
            );
        }
        assert!(by_number("S-99").is_none());
        // 004 1_10 lists 23: each is served, or its caller is told that it is not open yet.
        for listed in 1..=23 {
            let number = format!("S-{listed:02}");
            assert!(numbers().contains(&&*number), "{number}");
        }
        assert!(PLANNED.iter().all(|number| by_number(number).is_none()));
        assert!(numbers().windows(2).all(|pair| pair[0] < pair[1]));
    }
}
