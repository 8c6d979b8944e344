//! The closed list of what can be wrong, with the words for it in both languages.
//!
//! Each code is also a row of the table in `wsdl/README.md`, which integrators read.

/// What is wrong with a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The applicant's number is the child's.
    ApplicantIsChild,
    /// A part that the message names did not come beside it.
    AttachmentAbsent,
    /// An attribute stands where none may.
    AttributeNotAllowed,
    /// A benefit is claimed, but not which one.
    BenefitKindMissing,
    /// A kind of benefit is named, but none is claimed.
    BenefitKindNotClaimed,
    /// An application for a sanatorium queue speaks of a benefit.
    BenefitNotAsked,
    /// It is not said whether there is a benefit.
    BenefitNotSaid,
    /// The child is no citizen, and there is no scan of its birth certificate.
    BirthCertificateMissing,
    /// The child is not yet born on the day of filing.
    BirthDateAfterFiling,
    /// The birth date is not the one in the child's number.
    BirthDateNotOfIin,
    /// Consent to processing is not given.
    ConsentNotGiven,
    /// A sanatorium queue is asked for, and there is no scan of the doctor's referral.
    DoctorReferralMissing,
    /// A required element is not there.
    ElementMissing,
    /// An element that this form does not know.
    ElementNotExpected,
    /// An element stands at another place than the sequence has it.
    ElementOutOfPlace,
    /// An element occurs more often than it may.
    ElementRepeated,
    /// A special or sanatorium queue is asked for, and not on what ground.
    GroundMissing,
    /// The ground of another kind of queue.
    GroundOfAnotherKind,
    /// A time without a zone that never occurred in Astana.
    HourNeverWas,
    /// The check digit of a personal number does not fit.
    IinCheckDigit,
    /// The digits of the date in a personal number are no date.
    IinDate,
    /// Consent to processing is withdrawn, and not that the family knows what follows.
    LeavingNotConfirmed,
    /// An update asks for nothing.
    NothingToUpdate,
    /// The check digit of a preschool owner's number does not fit.
    OwnerCheckDigit,
    /// The payload is another one than the service asks for.
    PayloadOfAnotherService,
    /// A period ends before it begins.
    PeriodReversed,
    /// A preference is greater than the number of choices.
    PreferenceBeyondChoices,
    /// Some choices carry a preference and some do not.
    PreferencePartial,
    /// Two choices carry the same preference.
    PreferenceRepeated,
    /// A preschool of another settlement than the application's.
    PreschoolElsewhere,
    /// The same preschool is chosen twice.
    PreschoolRepeated,
    /// A group is for a disorder or rehabilitation where its kind has none, or is not where it has.
    PurposeMisplaced,
    /// The digest of a scan is not that of its content.
    ScanDigestDiffers,
    /// A scan came beside its message, and nothing signed says what it is.
    ScanDigestMissing,
    /// The content of a scan is not of the media type that is said.
    ScanMediaDiffers,
    /// A paper is refused, and not why.
    RefusalWithoutGround,
    /// A paper is confirmed, and a ground of refusal is given.
    RefusalWithoutRefusing,
    /// The counts of a group's seats contradict each other.
    SeatsDoNotAddUp,
    /// The sex is not the one in the child's number.
    SexNotOfIin,
    /// A seat is said to be free for a time that is over.
    TemporaryTimeOver,
    /// Text stands where only elements may.
    TextNotAllowed,
    /// A code that the list does not have.
    ValueNotInList,
    /// A value that is not of the form of its type.
    ValueWrongForm,
    /// The benefit is shown by a certificate, and there is no scan of it.
    WorkCertificateMissing,
}

/// A code as it stands in answers: name, paragraph if the law says it, Kazakh text, Russian text.
struct Row(
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
);

impl Code {
    /// Every code, alphabetically.
    pub const ALL: [Self; 44] = [
        Self::ApplicantIsChild,
        Self::AttachmentAbsent,
        Self::AttributeNotAllowed,
        Self::BenefitKindMissing,
        Self::BenefitKindNotClaimed,
        Self::BenefitNotAsked,
        Self::BenefitNotSaid,
        Self::BirthCertificateMissing,
        Self::BirthDateAfterFiling,
        Self::BirthDateNotOfIin,
        Self::ConsentNotGiven,
        Self::DoctorReferralMissing,
        Self::ElementMissing,
        Self::ElementNotExpected,
        Self::ElementOutOfPlace,
        Self::ElementRepeated,
        Self::GroundMissing,
        Self::GroundOfAnotherKind,
        Self::HourNeverWas,
        Self::IinCheckDigit,
        Self::IinDate,
        Self::LeavingNotConfirmed,
        Self::NothingToUpdate,
        Self::OwnerCheckDigit,
        Self::PayloadOfAnotherService,
        Self::PeriodReversed,
        Self::PreferenceBeyondChoices,
        Self::PreferencePartial,
        Self::PreferenceRepeated,
        Self::PreschoolElsewhere,
        Self::PreschoolRepeated,
        Self::PurposeMisplaced,
        Self::RefusalWithoutGround,
        Self::RefusalWithoutRefusing,
        Self::ScanDigestDiffers,
        Self::ScanDigestMissing,
        Self::ScanMediaDiffers,
        Self::SeatsDoNotAddUp,
        Self::SexNotOfIin,
        Self::TemporaryTimeOver,
        Self::TextNotAllowed,
        Self::ValueNotInList,
        Self::ValueWrongForm,
        Self::WorkCertificateMissing,
    ];

    /// The name in answers; it never changes.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The paragraph that says so, where it is the law and not the form.
    pub fn paragraph(self) -> Option<&'static str> {
        self.row().1
    }

    /// The text for a person in Kazakh.
    pub fn kazakh(self) -> &'static str {
        self.row().2
    }

    /// The text for a person in Russian.
    pub fn russian(self) -> &'static str {
        self.row().3
    }

    /// Whether a validator that knows only the schema finds it too.
    pub fn is_of_form(self) -> bool {
        match self {
            Self::AttributeNotAllowed
            | Self::ElementMissing
            | Self::ElementNotExpected
            | Self::ElementOutOfPlace
            | Self::ElementRepeated
            | Self::PayloadOfAnotherService
            | Self::TextNotAllowed
            | Self::ValueNotInList
            | Self::ValueWrongForm => true,
            Self::ApplicantIsChild
            | Self::AttachmentAbsent
            | Self::BenefitKindMissing
            | Self::BenefitKindNotClaimed
            | Self::BenefitNotAsked
            | Self::BenefitNotSaid
            | Self::BirthCertificateMissing
            | Self::BirthDateAfterFiling
            | Self::BirthDateNotOfIin
            | Self::ConsentNotGiven
            | Self::DoctorReferralMissing
            | Self::GroundMissing
            | Self::GroundOfAnotherKind
            | Self::HourNeverWas
            | Self::IinCheckDigit
            | Self::IinDate
            | Self::LeavingNotConfirmed
            | Self::NothingToUpdate
            | Self::OwnerCheckDigit
            | Self::PeriodReversed
            | Self::PreferenceBeyondChoices
            | Self::PreferencePartial
            | Self::PreferenceRepeated
            | Self::PreschoolElsewhere
            | Self::PreschoolRepeated
            | Self::PurposeMisplaced
            | Self::RefusalWithoutGround
            | Self::RefusalWithoutRefusing
            | Self::ScanDigestDiffers
            | Self::ScanDigestMissing
            | Self::ScanMediaDiffers
            | Self::SeatsDoNotAddUp
            | Self::SexNotOfIin
            | Self::TemporaryTimeOver
            | Self::WorkCertificateMissing => false,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one table, one row a code")]
    fn row(self) -> Row {
        match self {
            Self::ApplicantIsChild => Row(
                "applicant_is_child",
                Some("004 1_1 p.4"),
                "Өтініш беруші – баланың заңды өкілі: оның ЖСН-і баланың ЖСН-інен бөлек болуы тиіс.",
                "Заявитель – законный представитель: его ИИН не может быть ИИН ребенка.",
            ),
            Self::AttachmentAbsent => Row(
                "attachment_absent",
                None,
                "Хабарламада аталған тіркеме онымен бірге келген жоқ немесе бос.",
                "Вложение, названное в сообщении, с ним не пришло или пусто.",
            ),
            Self::AttributeNotAllowed => Row(
                "attribute_not_allowed",
                None,
                "Бұл элементте төлсипат болмауы тиіс.",
                "У этого элемента не может быть атрибута.",
            ),
            Self::BenefitKindMissing => Row(
                "benefit_kind_missing",
                Some("004 1_1 p.4(15)"),
                "Жеңілдік бар деп көрсетілген, бірақ оның түрі жазылмаған.",
                "Указано, что льгота есть, но не указан её вид.",
            ),
            Self::BenefitKindNotClaimed => Row(
                "benefit_kind_not_claimed",
                Some("004 1_1 p.4(14)"),
                "Жеңілдіктің түрі жазылған, бірақ жеңілдік жоқ деп көрсетілген.",
                "Вид льготы указан, но сказано, что льготы нет.",
            ),
            Self::BenefitNotAsked => Row(
                "benefit_not_asked",
                Some("004 pt.19"),
                "Санаторлық кезекте жеңілдіктер қолданылмайды: benefit жіберілмейді.",
                "В санаторной очереди льготы не применяются: benefit не передаётся.",
            ),
            Self::BenefitNotSaid => Row(
                "benefit_not_said",
                Some("004 1_1 p.4(14)"),
                "Жеңілдіктің бар-жоғы көрсетілмеген: benefit беріңіз.",
                "Не указано, есть ли льгота: передайте benefit.",
            ),
            Self::BirthCertificateMissing => Row(
                "birth_certificate_missing",
                Some("004 1_1 p.4"),
                "Бала Қазақстан Республикасының азаматы емес: туу туралы куәлігінің скан-көшірмесін қоса беріңіз.",
                "Ребенок не является гражданином Республики Казахстан: приложите скан-копию свидетельства о рождении.",
            ),
            Self::BirthDateAfterFiling => Row(
                "birth_date_after_filing",
                Some("004 1_1 p.4(16)"),
                "Туған күні өтініш берілген күннен кейін.",
                "Дата рождения позже дня подачи заявления.",
            ),
            Self::BirthDateNotOfIin => Row(
                "birth_date_not_of_iin",
                Some("004 1_1 p.4(16)"),
                "Туған күні баланың ЖСН-іне сәйкес келмейді.",
                "Дата рождения не соответствует ИИН ребенка.",
            ),
            Self::ConsentNotGiven => Row(
                "consent_not_given",
                Some("004 pt.12"),
                "Дербес деректерді өңдеуге келісім берілмеген.",
                "Не дано согласие на обработку персональных данных.",
            ),
            Self::DoctorReferralMissing => Row(
                "doctor_referral_missing",
                Some("004 1_1 p.8"),
                "Санаторлық кезекке фтизиатр дәрігердің жолдамасы қажет: оның скан-көшірмесін қоса беріңіз.",
                "Для санаторной очереди нужно направление врача-фтизиатра: приложите его скан-копию.",
            ),
            Self::ElementMissing => Row(
                "element_missing",
                None,
                "Міндетті элемент жоқ.",
                "Нет обязательного элемента.",
            ),
            Self::ElementNotExpected => Row(
                "element_not_expected",
                None,
                "Бұл жерде мұндай элемент болмауы тиіс.",
                "Такого элемента здесь быть не может.",
            ),
            Self::ElementOutOfPlace => Row(
                "element_out_of_place",
                None,
                "Элемент өз орнында тұрған жоқ: рет сызбада көрсетілген.",
                "Элемент стоит не на своём месте: порядок задан схемой.",
            ),
            Self::ElementRepeated => Row(
                "element_repeated",
                None,
                "Элемент рұқсат етілгеннен көп қайталанған.",
                "Элемент повторяется чаще, чем можно.",
            ),
            Self::GroundMissing => Row(
                "ground_missing",
                Some("004 pt.20"),
                "Кезектің бұл түріне негіз қажет: арнайыға special, санаторлыққа sanatorium беріңіз.",
                "Для этого вида очереди нужно основание: special для специальной, sanatorium для санаторной.",
            ),
            Self::GroundOfAnotherKind => Row(
                "ground_of_another_kind",
                Some("004 1_1 p.4(3)"),
                "Негіз кезектің басқа түріне арналған: kind мәнін немесе осы бөлімді түзетіңіз.",
                "Основание относится к другому виду очереди: исправьте kind или этот раздел.",
            ),
            Self::HourNeverWas => Row(
                "hour_never_was",
                Some("004 pt.25"),
                "Астанада мұндай уақыт болған жоқ: сағат ілгері жылжытылды. Уақыт белдеуін көрсетіңіз.",
                "Такого времени в Астане не было: часы переводили вперёд. Укажите часовой пояс.",
            ),
            Self::IinCheckDigit => Row(
                "iin_check_digit",
                None,
                "ЖСН-нің бақылау цифры дұрыс емес.",
                "Контрольная цифра ИИН не сходится.",
            ),
            Self::IinDate => Row(
                "iin_date",
                None,
                "ЖСН-дегі күн күнтізбеде жоқ.",
                "Дата в ИИН не существует.",
            ),
            Self::LeavingNotConfirmed => Row(
                "leaving_not_confirmed",
                Some("004 pt.12"),
                "Өңдеуге келісім қайтарылса, өтініш барлық кезектен шығады: leavesQueues арқылы растаңыз.",
                "С отзывом согласия на обработку заявление выйдет из всех очередей: подтвердите в leavesQueues.",
            ),
            Self::NothingToUpdate => Row(
                "nothing_to_update",
                Some("004 1_3 p.3"),
                "Жаңартылатын ештеңе жоқ: benefit немесе preschools беріңіз.",
                "Обновлять нечего: передайте benefit или preschools.",
            ),
            Self::OwnerCheckDigit => Row(
                "owner_check_digit",
                Some("004 1_5 p.3"),
                "МДҰ БСН-інің немесе ЖСН-інің бақылау цифры дұрыс емес.",
                "Контрольная цифра БИН или ИИН ДО не сходится.",
            ),
            Self::PayloadOfAnotherService => Row(
                "payload_of_another_service",
                None,
                "data ішіндегі элемент бұл сервиске арналмаған.",
                "Элемент внутри data предназначен не для этого сервиса.",
            ),
            Self::PeriodReversed => Row(
                "period_reversed",
                Some("004 1_10 No. 13"),
                "Кезеңнің соңы оның басынан ерте.",
                "Конец периода раньше его начала.",
            ),
            Self::PreferenceBeyondChoices => Row(
                "preference_beyond_choices",
                Some("004 1_1 p.4(20)"),
                "Артықшылық реті таңдалған МДҰ санынан көп.",
                "Порядок предпочтения больше числа выбранных ДО.",
            ),
            Self::PreferencePartial => Row(
                "preference_partial",
                Some("004 1_1 p.4(20)"),
                "Артықшылық реті не барлық МДҰ үшін, не ешқайсысы үшін көрсетіледі.",
                "Порядок предпочтения указывается для всех ДО или ни для одной.",
            ),
            Self::PreferenceRepeated => Row(
                "preference_repeated",
                Some("004 1_1 p.4(20)"),
                "Бір артықшылық реті екі рет көрсетілген.",
                "Один и тот же порядок предпочтения указан дважды.",
            ),
            Self::PreschoolElsewhere => Row(
                "preschool_elsewhere",
                Some("004 pt.16"),
                "МДҰ өтініштегі елді мекенге жатпайды.",
                "ДО не относится к населенному пункту заявления.",
            ),
            Self::PreschoolRepeated => Row(
                "preschool_repeated",
                Some("004 1_1 p.4(20)"),
                "Бір МДҰ екі рет таңдалған.",
                "Одна и та же ДО выбрана дважды.",
            ),
            Self::PurposeMisplaced => Row(
                "purpose_misplaced",
                Some("004 pt.26"),
                "Бұзылу немесе оңалту түрі арнайы және санаторлық топта ғана көрсетіледі, онда ол міндетті.",
                "Вид нарушения или реабилитации указывается только в специальной и санаторной группе, и там обязателен.",
            ),
            Self::RefusalWithoutGround => Row(
                "refusal_without_ground",
                Some("004 1_1 p.10(11)"),
                "Құжат расталмаған, бірақ негізі көрсетілмеген: refusal беріңіз.",
                "Документ не подтверждён, но не указано почему: передайте refusal.",
            ),
            Self::RefusalWithoutRefusing => Row(
                "refusal_without_refusing",
                Some("004 1_1 p.10(11)"),
                "Құжат расталған, бірақ бас тарту негізі де берілген: refusal алып тастаңыз.",
                "Документ подтверждён, но передано и основание отказа: уберите refusal.",
            ),
            Self::ScanDigestDiffers => Row(
                "scan_digest_differs",
                None,
                "Сканның мазмұны көрсетілген SHA-256 мәніне сәйкес келмейді.",
                "Содержимое скана не соответствует указанному SHA-256.",
            ),
            Self::ScanDigestMissing => Row(
                "scan_digest_missing",
                None,
                "Скан хабарламадан тыс келген: қол қойылған бөлікте оның SHA-256 мәні болуы тиіс.",
                "Скан пришёл рядом с сообщением: в подписанной части должен стоять его SHA-256.",
            ),
            Self::ScanMediaDiffers => Row(
                "scan_media_differs",
                None,
                "Сканның мазмұны көрсетілген түрде емес: PDF, JPEG немесе PNG болуы және түрі дұрыс көрсетілуі тиіс.",
                "Содержимое скана не того типа, что указан: нужен PDF, JPEG или PNG с верным типом.",
            ),
            Self::SeatsDoNotAddUp => Row(
                "seats_do_not_add_up",
                Some("004 1_5 p.3"),
                "Орындар саны бір-біріне сәйкес емес: бос орындар барлығынан, ақылысы бостан, уақытша босы бос еместен көп болмайды.",
                "Числа мест противоречат друг другу: свободных не больше всех, платных не больше свободных, временно свободных не больше занятых.",
            ),
            Self::SexNotOfIin => Row(
                "sex_not_of_iin",
                Some("004 1_1 p.4(17)"),
                "Жынысы баланың ЖСН-іне сәйкес келмейді.",
                "Пол не соответствует ИИН ребенка.",
            ),
            Self::TemporaryTimeOver => Row(
                "temporary_time_over",
                Some("004 pt.32"),
                "Орын уақытша бос болатын мерзім өтіп кеткен.",
                "Срок, на который место временно свободно, уже прошел.",
            ),
            Self::TextNotAllowed => Row(
                "text_not_allowed",
                None,
                "Бұл элементте тек ішкі элементтер болуы тиіс, мәтін емес.",
                "В этом элементе могут стоять только элементы, но не текст.",
            ),
            Self::ValueNotInList => Row(
                "value_not_in_list",
                None,
                "Мұндай код тізімде жоқ.",
                "Такого кода нет в перечне.",
            ),
            Self::ValueWrongForm => Row(
                "value_wrong_form",
                None,
                "Мән сызбада көрсетілген түрде жазылмаған.",
                "Значение записано не в том виде, какой задан схемой.",
            ),
            Self::WorkCertificateMissing => Row(
                "work_certificate_missing",
                Some("004 1_9 p.6"),
                "Кезектен тыс жеңілдік жұмыс орнынан анықтамамен расталады: оның скан-көшірмесін қоса беріңіз.",
                "Внеочередная льгота подтверждается справкой с места работы: приложите её скан-копию.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_stand_in_alphabetical_sequence() {
        let names: Vec<&str> = Code::ALL.into_iter().map(Code::name).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }

    #[test]
    fn each_code_speaks_both_languages_within_the_schema() {
        for code in Code::ALL {
            for text in [code.kazakh(), code.russian()] {
                assert!((1..=500).contains(&text.chars().count()), "{code:?}");
            }
            assert_ne!(code.kazakh(), code.russian());
        }
    }
}
