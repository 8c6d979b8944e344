//! Answer: status codes and the wording of refusals and remarks, in both languages; here only.
//!
//! Spec:  ShEP status codes SCSS001 and SCSE002; `schemas/common.xsd` for the rejection.
//! Law:   004 1_1 st.6: an answer names its ground; each refusal carries its paragraph.
//! Never: holds a value of the message beyond the path to it.

mod reason;

use super::finding::Findings;
use super::{NAMESPACE, Status, Told};
use crate::queue::application::PreschoolKind;
use crate::queue::application::check::Ground;
use crate::queue::refusal::Refusal;
use crate::queue::remark::Remark;
use crate::terms::{Language, Moment};
use crate::xml::Writer;

pub use reason::words_of_reason;

impl Status {
    /// The code in `responseInfo/status`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rejected => "SCSE002",
            Self::Success => "SCSS001",
        }
    }

    /// The message in `responseInfo/status`, both languages.
    pub fn message(self) -> &'static str {
        match self {
            Self::Rejected => {
                "Сұрау орындалмады, себебі жауапта көрсетілген / \
                 Запрос не выполнен, причина указана в ответе"
            }
            Self::Success => "Сұрау орындалды / Запрос выполнен успешно",
        }
    }
}

/// What a family is told, for a system that has asked about the application: the facts alone, for
/// the words and the numbers of phones are the family's.
pub fn notice(told: &Told, now: Moment) -> String {
    let notice = &told.notice;
    let mut writer = Writer::new();
    writer
        .open("k:notice", &[("xmlns:k", NAMESPACE)])
        .leaf("k:applicationNumber", &notice.application().to_string())
        .leaf("k:kind", notice.code())
        .leaf("k:paragraph", notice.paragraph())
        .leaf("k:happenedAt", &now.to_string())
        .optional("k:ground", notice.ground().map(Ground::code))
        .close();
    writer.finish()
}

/// The rejection of a payload that is not in order: everything that was found.
pub fn findings(findings: &Findings) -> String {
    let mut writer = Writer::new();
    writer.open("k:rejection", &[("xmlns:k", NAMESPACE)]);
    for finding in findings.iter() {
        writer
            .open("k:finding", &[])
            .leaf("k:code", finding.code.name())
            .leaf("k:path", &finding.path)
            .leaf("k:line", &finding.line.to_string())
            .leaf("k:column", &finding.column.to_string())
            .optional("k:paragraph", finding.code.paragraph())
            .leaf("k:kk", finding.code.kazakh())
            .leaf("k:ru", finding.code.russian())
            .close();
    }
    if findings.is_truncated() {
        writer.leaf("k:truncated", "true");
    }
    writer.close();
    writer.finish()
}

/// The rejection of a request that the law refuses.
pub fn refusal(refusal: Refusal) -> String {
    refusals(refusal, [None], |_| ())
}

/// The rejection of a request because of what stands at these places of it, each named.
pub fn refusal_at(refusal: Refusal, paths: &[impl AsRef<str>]) -> String {
    refusal_beside(refusal, paths, |_| ())
}

/// The same, with what `beside` writes behind the findings.
pub(super) fn refusal_beside(
    refusal: Refusal,
    paths: &[impl AsRef<str>],
    beside: impl FnOnce(&mut Writer),
) -> String {
    let paths = paths.iter().map(|path| Some(path.as_ref()));
    refusals(refusal, paths, beside)
}

fn refusals<'a>(
    refusal: Refusal,
    paths: impl IntoIterator<Item = Option<&'a str>>,
    beside: impl FnOnce(&mut Writer),
) -> String {
    let mut writer = Writer::new();
    writer.open("k:rejection", &[("xmlns:k", NAMESPACE)]);
    for path in paths {
        writer
            .open("k:finding", &[])
            .leaf("k:code", refusal.code())
            .optional("k:path", path)
            .leaf("k:paragraph", refusal.paragraph())
            .leaf("k:kk", &words_of_refusal(refusal, Language::Kazakh))
            .leaf("k:ru", &words_of_refusal(refusal, Language::Russian))
            .close();
    }
    beside(&mut writer);
    writer.close();
    writer.finish()
}

/// What a refusal says to a person. Of somebody else's application it tells nothing but that it
/// exists (004 pt.20).
#[expect(clippy::too_many_lines, reason = "one list of words")]
pub fn words_of_refusal(refusal: Refusal, language: Language) -> String {
    let (kazakh, russian) = match refusal {
        Refusal::AgeCategoryUnknown => (
            "Мұндай жас санатының коды жоқ: S-29 арқылы AGE_CATEGORY тізімінен алыңыз.",
            "Такого кода возрастной категории нет: возьмите код из списка AGE_CATEGORY (S-29).",
        ),
        Refusal::AlreadyWaiting => (
            "Бала осы түрдегі кезекте тұр: ол республика бойынша тек бір кезекте тұра алады.",
            "Ребенок уже стоит в очереди этого вида: в республике можно стоять только в одной.",
        ),
        Refusal::ApplicantNotRepresentative => (
            "Өтінішті басқа адам берген: өтініш беруші баланың заңды өкілі екені тізілімде жоқ.",
            "Заявление подал другой человек: в реестре нет, что заявитель представляет ребенка.",
        ),
        Refusal::ApplicationDiffers => (
            "Бұл id-мен осы баланың басқа мазмұндағы өтініші тіркелген: айырмашылық осы жолда. \
             Тіркелген өтініш өзгеріссіз қалды.",
            "Под этим id зарегистрировано заявление этого ребенка с другим содержанием: отличие по \
             этому пути. Зарегистрированное заявление осталось без изменений.",
        ),
        Refusal::ApplicationEnded => (
            "Өтініш кезекте жоқ: ол аяқталған.",
            "Заявление больше не состоит в очереди: оно завершено.",
        ),
        Refusal::ApplicationIdTaken => (
            "Өтініштің бұл id-і басқа өтінішке берілген.",
            "Этот id заявления уже принадлежит другому заявлению.",
        ),
        Refusal::ApplicationOfAnotherSettlement => (
            "Өтініш басқа елді мекеннің кезегінде.",
            "Заявление стоит в очереди другого населенного пункта.",
        ),
        Refusal::ApplicationUnknown => (
            "Баланың мұндай нөмірлі өтініші жоқ: нөмірді және баланың ЖСН-ін тексеріңіз.",
            "У ребенка нет заявления с таким номером: проверьте номер и ИИН ребенка.",
        ),
        Refusal::BirthYearNotOfAges => (
            "Топ үшін бекітілген туған жылы оның жас санатына жатпайды.",
            "Год рождения, закрепленный за группой, не относится к ее возрастной категории.",
        ),
        Refusal::CapacityExceeded => (
            "МДҰ орындарының саны оның жобалық қуатынан асады.",
            "Мест в ДО стало бы больше ее проектной мощности.",
        ),
        Refusal::CapacityUnknown => (
            "МДҰ-ның жобалық қуаты тізілімде жоқ: оны әкімші жүктейді.",
            "Проектной мощности ДО нет в реестре: ее загружает администратор.",
        ),
        Refusal::ChildTooOld => (
            "Бала осы кезекте тұра алатын соңғы оқу жылы аяқталды: арнайы кезекте – 7 жасқа, басқаларында – 6 жасқа толған жыл.",
            "Последний учебный год ребенка в этой очереди завершён: год 7-летия в специальной, 6-летия в остальных.",
        ),
        Refusal::ChoiceChangedLately(_) => (
            "Бұл МДҰ соңғы 30 күнде таңдауда өзгертілген, кейінірек қайталаңыз",
            "Эта ДО менялась в выборе за последние 30 дней, повторите позже",
        ),
        Refusal::ChoiceRepeated(_) => (
            "Бір МДҰ екі рет таңдалған",
            "Одна и та же ДО выбрана дважды",
        ),
        Refusal::ChoicesOutOfRange(PreschoolKind::General) => (
            "1-ден 4-ке дейін МДҰ таңдалады.",
            "Выбираются от 1 до 4 ДО.",
        ),
        Refusal::ChoicesOutOfRange(PreschoolKind::Sanatorium | PreschoolKind::Special) => (
            "Арнайы және санаторлық кезекке 1-ден 2-ге дейін МДҰ таңдалады.",
            "В специальную и санаторную очередь выбираются от 1 до 2 ДО.",
        ),
        Refusal::ConclusionUnknown => (
            "Баланың ПМПК қорытындысы тізілімде жоқ немесе қолданылмайды: арнайы кезекке ол қажет.",
            "В реестре нет действующего заключения ПМПК о ребенке: для специальной очереди оно нужно.",
        ),
        Refusal::DisorderUnknown => (
            "Бұзылу түрінің мұндай коды жоқ: S-29 арқылы DISORDER тізімінен алыңыз.",
            "Такого кода вида нарушения нет: возьмите код из списка DISORDER (S-29).",
        ),
        Refusal::DocumentNotOnCheck => (
            "Бұл құжат тексерілуде емес: ол тексерілген немесе өтініш үшін қажет емес.",
            "Этот документ не на проверке: он уже проверен или для заявления не нужен.",
        ),
        Refusal::FreeSeatsFewer => (
            "Кезекке берілген бос орындар азаймайды: оларды S-15 арқылы кері қайтарып алыңыз.",
            "Свободных мест меньше, чем передано в очередь: отзовите их через S-15.",
        ),
        Refusal::GroupOfAnotherKind => (
            "Топтың типі МДҰ түріне сәйкес емес.",
            "Тип группы не соответствует виду ДО.",
        ),
        Refusal::GroupTooLarge => (
            "Топтағы орындар саны жас тобы бойынша рұқсат етілгеннен көп.",
            "Мест в группе больше, чем разрешено для ее возраста.",
        ),
        Refusal::GroupUnknown => (
            "МДҰ-да мұндай топ тіркелмеген: алдымен S-14 жіберіңіз.",
            "В ДО не зарегистрирована такая группа: сначала отправьте S-14.",
        ),
        Refusal::NameDiffers => (
            "Осы ЖСН-мен тіркелген адамның аты-жөні басқа: жолда көрсетілген ТАӘ-ні тексеріңіз.",
            "Человек с этим ИИН зарегистрирован под другим именем: проверьте ФИО по этому пути.",
        ),
        Refusal::NotInQueue => (
            "Баланың кезекте жарамды өтініші жоқ.",
            "У ребенка нет действительных заявлений в очереди.",
        ),
        Refusal::NotInThisState(_) => (
            "Өтініштің қазіргі күйінде бұлай істеуге болмайды: негізі тармақта көрсетілген.",
            "В нынешнем состоянии заявления это невозможно: основание названо пунктом.",
        ),
        Refusal::PaperNotValid => (
            "Қорытынды немесе жолдама өтініш берілген күні қолданылмайды: мерзімін тексеріңіз.",
            "Заключение или направление не действует в день подачи: проверьте его срок.",
        ),
        Refusal::PreschoolClosed(_) => {
            ("МДҰ енді бала қабылдамайды", "ДО больше не принимает детей")
        }
        Refusal::PreschoolOfAnotherKind(_) => (
            "МДҰ-ның түрі өтініш берілген кезектің түрінен басқа",
            "ДО другого вида, чем очередь заявления",
        ),
        Refusal::PreschoolOfAnotherSettlement(_) => (
            "МДҰ басқа елді мекенде",
            "ДО находится в другом населенном пункте",
        ),
        Refusal::PreschoolUnknown(_) => ("МДҰ тізілімде жоқ", "ДО нет в реестре"),
        Refusal::PurposeUnknown => (
            "Анықтамалықта мұндай бұзылу немесе оңалту түрі жоқ.",
            "В справочнике нет такого вида нарушения или реабилитации.",
        ),
        Refusal::QueueNotUpdated => (
            "Арнайы және санаторлық кезектердегі өтініштер жаңартылмайды.",
            "Заявления специальной и санаторной очереди не обновляются.",
        ),
        Refusal::RehabilitationUnknown => (
            "Оңалту немесе алдын алу түрінің мұндай коды жоқ: S-29 арқылы REHABILITATION тізімінен алыңыз.",
            "Такого кода вида реабилитации или профилактики нет: возьмите код из списка REHABILITATION (S-29).",
        ),
        Refusal::ReportOutdated => (
            "Осы топ туралы кейінірек жіберілген мәлімет тіркелген.",
            "Уже зарегистрированы сведения об этой группе, отправленные позже.",
        ),
        Refusal::RepresentativeUnknown => (
            "Тізілімде өтініш берушінің бұл баланы білдіретіні жоқ: өтінішті берген заңды өкіл сұрайды.",
            "В реестре нет, что заявитель представляет этого ребенка: спрашивает тот, кто подал заявление.",
        ),
        Refusal::SeatsHeld => (
            "Орындар бұғатталған: оларға ұсыныс, жолдама немесе қабылдау өтініші бар.",
            "Места заблокированы: на них есть предложение, направление или заявление на зачисление.",
        ),
        Refusal::SeatsNotFree => (
            "Топта мемлекеттік тапсырыс бойынша мұнша бос орын жоқ.",
            "В группе нет стольких свободных мест государственного заказа.",
        ),
        Refusal::SettlementUnknown => (
            "Елді мекен тізілімде жоқ: кодын S-01 тізімінен алыңыз.",
            "Населенного пункта нет в реестре: возьмите код из списка S-01.",
        ),
    };
    let words = match language {
        Language::Kazakh => kazakh,
        Language::Russian => russian,
    };
    match refusal.preschool() {
        Some(preschool) => format!("{words}: {}.", preschool.as_str()),
        None => words.to_owned(),
    }
}

/// `k:Status` of an application that stands in the queues.
pub(super) fn status(on_document_check: bool) -> &'static str {
    if on_document_check {
        "ON_DOCUMENT_CHECK"
    } else {
        "WAITING"
    }
}

/// Writes what a special or sanatorium queue is for: `k:disorder`, or `k:rehabilitation`.
pub(super) fn write_care(writer: &mut Writer, kind: &str, care: Option<&str>) {
    let of = |asked: PreschoolKind| care.filter(|_| asked.code() == kind);
    writer
        .optional("k:disorder", of(PreschoolKind::Special))
        .optional("k:rehabilitation", of(PreschoolKind::Sanatorium));
}

/// Writes each `k:remark`.
pub(super) fn write_remarks(writer: &mut Writer, remarks: &[Remark]) {
    for remark in remarks {
        writer
            .open("k:remark", &[])
            .leaf("k:code", remark.code())
            .leaf("k:paragraph", remark.paragraph())
            .leaf("k:kk", &words_of_remark(*remark, Language::Kazakh))
            .leaf("k:ru", &words_of_remark(*remark, Language::Russian))
            .close();
    }
}

/// What a remark says to a person.
pub fn words_of_remark(remark: Remark, language: Language) -> String {
    let (kazakh, russian) = match remark {
        Remark::AgeEndsFirst(_) => (
            "Жасына байланысты бала кезекте тек мына күнге дейін тұрады",
            "По возрасту ребенок стоит в очереди только до",
        ),
        Remark::BenefitNotApplied => (
            "Арнайы кезекте жеңілдіктер қолданылмайды: жеңілдік сақталды, бірақ орынды өзгертпейді.",
            "В специальной очереди льготы не применяются: льгота сохранена, но места не меняет.",
        ),
        Remark::BenefitWithoutTier => (
            "Қолданыстағы ережелер бойынша бұл жеңілдік кезектегі орынды өзгертпейді.",
            "По действующим правилам эта льгота не меняет место в очереди.",
        ),
        Remark::BenefitWaitsForIdentity => (
            "Туу туралы куәлік тексерілгенше жеңілдік есепке алынбайды.",
            "До проверки свидетельства о рождении льгота не учитывается.",
        ),
        Remark::IdentityOnCheck => (
            "Туу туралы куәлік тексерілуде: аяқталғанша орын ұсынылмайды, кезек сақталады.",
            "Проверяется свидетельство о рождении: до окончания место не предлагается, очередь сохраняется.",
        ),
        Remark::OutOfTurnOnCheck => (
            "Кезектен тыс жеңілдіктің құжаты тексерілуде: әзірге нөмір жалпы негізде берілді. \
             Расталған соң бала бір ғана МДҰ кезегінде тұрады.",
            "Проверяется документ о внеочередной льготе: пока номер дан на общих основаниях. \
             После подтверждения ребенок стоит в очереди только одной ДО.",
        ),
        Remark::PaperEndsFirst(_) => (
            "Қорытындының немесе дәрігер жолдамасының соңғы күні – жаңасын алыңыз",
            "Заключение или направление врача действует по этот день – получите новое",
        ),
        Remark::ReferralOnCheck => (
            "Дәрігердің жолдамасы тексерілуде: аяқталғанша орын ұсынылмайды, кезек сақталады.",
            "Проверяется направление врача: до окончания место не предлагается, очередь сохраняется.",
        ),
        Remark::ReceptionTimeCounts => (
            "Көрсетілген уақыт қабылдау уақытынан алшақ: кезекте қабылдау уақыты есептеледі.",
            "Указанное время далеко от времени приёма: в очереди считается время приёма.",
        ),
    };
    let words = match language {
        Language::Kazakh => kazakh,
        Language::Russian => russian,
    };
    match remark {
        Remark::AgeEndsFirst(day) | Remark::PaperEndsFirst(day) => format!("{words}: {day}."),
        Remark::BenefitNotApplied
        | Remark::BenefitWithoutTier
        | Remark::BenefitWaitsForIdentity
        | Remark::IdentityOnCheck
        | Remark::OutOfTurnOnCheck
        | Remark::ReceptionTimeCounts
        | Remark::ReferralOnCheck => words.to_owned(),
    }
}
