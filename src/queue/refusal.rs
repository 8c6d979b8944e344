//! Refusal: the closed list of lawful ways to say no (мотивированный отказ).
//!
//! Law:   each variant names its paragraph; the general principle is 004 1_1 st.6.
//! Never: carries words. Wording exists once, in `services::answer`, in both languages.

use crate::queue::application::PreschoolKind;
use crate::queue::lifecycle::Refused;
use crate::terms::PreschoolId;

/// The law says no to an application or a request; the reply is an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The list of age categories has no such code.
    AgeCategoryUnknown,
    /// The child already stands in a queue of this kind, somewhere in the republic.
    AlreadyWaiting,
    /// Who asks is not known to represent the child.
    ApplicantNotRepresentative,
    /// The sender has filed this application of this child with another content.
    ApplicationDiffers,
    /// The application stands in no queue any more.
    ApplicationEnded,
    /// The sender has already used this id for another application.
    ApplicationIdTaken,
    /// The application stands in another settlement than the request names.
    ApplicationOfAnotherSettlement,
    /// The child has no application of this number.
    ApplicationUnknown,
    /// The year of birth that a preschool fixes for a group is not of its age category.
    BirthYearNotOfAges,
    /// The preschool would have more seats than it is designed for.
    CapacityExceeded,
    /// Nobody has said for how many seats the preschool is designed.
    CapacityUnknown,
    /// The last preschool year of the child in queues of this kind has ended.
    ChildTooOld,
    /// An update added or dropped this preschool a short time ago.
    ChoiceChangedLately(PreschoolId),
    /// One preschool is chosen twice.
    ChoiceRepeated(PreschoolId),
    /// No preschool is chosen, or more than one application of this kind may name.
    ChoicesOutOfRange(PreschoolKind),
    /// The register knows no conclusion of the ПМПК about the child that counts.
    ConclusionUnknown,
    /// The list of disorders has no such code.
    DisorderUnknown,
    /// A paper is not, or no longer, to be checked.
    DocumentNotOnCheck,
    /// A report has fewer free seats than the queue was promised.
    FreeSeatsFewer,
    /// A group of another kind than its preschool.
    GroupOfAnotherKind,
    /// A group has more seats than the acts allow for its ages.
    GroupTooLarge,
    /// The preschool has no such group.
    GroupUnknown,
    /// A person whose number is sent is called otherwise in the register.
    NameDiffers,
    /// The child stands in no queue, so that there is no rank to tell.
    NotInQueue,
    /// What is asked for cannot be done with the application as it stands.
    NotInThisState(Refused),
    /// The conclusion or the referral does not count on the day of filing.
    PaperNotValid,
    /// The preschool no longer takes children.
    PreschoolClosed(PreschoolId),
    /// The preschool belongs to another kind of queue.
    PreschoolOfAnotherKind(PreschoolId),
    /// The preschool belongs to another settlement than the queue asked for.
    PreschoolOfAnotherSettlement(PreschoolId),
    /// The register holds no such preschool.
    PreschoolUnknown(PreschoolId),
    /// No list has what the group is said to be for.
    PurposeUnknown,
    /// What stands in this kind of queue is not updated.
    QueueNotUpdated,
    /// The list of kinds of rehabilitation has no such code.
    RehabilitationUnknown,
    /// A later report of the group is registered already.
    ReportOutdated,
    /// Who asks has not filed for the child, as far as the sender may see.
    RepresentativeUnknown,
    /// Offers, referrals or enrolments hold the seats.
    SeatsHeld,
    /// The group has not so many free seats of the state order.
    SeatsNotFree,
    /// The register holds no such settlement.
    SettlementUnknown,
}

impl Refusal {
    /// The code in answers and in the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgeCategoryUnknown => "age_category_unknown",
            Self::AlreadyWaiting => "already_waiting",
            Self::ApplicantNotRepresentative => "applicant_not_representative",
            Self::ApplicationDiffers => "application_differs",
            Self::ApplicationEnded => "application_ended",
            Self::ApplicationIdTaken => "application_id_taken",
            Self::ApplicationOfAnotherSettlement => "application_of_another_settlement",
            Self::ApplicationUnknown => "application_unknown",
            Self::BirthYearNotOfAges => "birth_year_not_of_ages",
            Self::CapacityExceeded => "capacity_exceeded",
            Self::CapacityUnknown => "capacity_unknown",
            Self::ChildTooOld => "child_too_old",
            Self::ChoiceChangedLately(_) => "choice_changed_lately",
            Self::ChoiceRepeated(_) => "choice_repeated",
            Self::ChoicesOutOfRange(_) => "choices_out_of_range",
            Self::ConclusionUnknown => "conclusion_unknown",
            Self::DisorderUnknown => "disorder_unknown",
            Self::DocumentNotOnCheck => "document_not_on_check",
            Self::FreeSeatsFewer => "free_seats_fewer",
            Self::GroupOfAnotherKind => "group_of_another_kind",
            Self::GroupTooLarge => "group_too_large",
            Self::GroupUnknown => "group_unknown",
            Self::NameDiffers => "name_differs",
            Self::NotInQueue => "not_in_queue",
            Self::NotInThisState(_) => "not_in_this_state",
            Self::PaperNotValid => "paper_not_valid",
            Self::PreschoolClosed(_) => "preschool_closed",
            Self::PreschoolOfAnotherKind(_) => "preschool_of_another_kind",
            Self::PreschoolOfAnotherSettlement(_) => "preschool_of_another_settlement",
            Self::PreschoolUnknown(_) => "preschool_unknown",
            Self::PurposeUnknown => "purpose_unknown",
            Self::QueueNotUpdated => "queue_not_updated",
            Self::RehabilitationUnknown => "rehabilitation_unknown",
            Self::ReportOutdated => "report_outdated",
            Self::RepresentativeUnknown => "representative_unknown",
            Self::SeatsHeld => "seats_held",
            Self::SeatsNotFree => "seats_not_free",
            Self::SettlementUnknown => "settlement_unknown",
        }
    }

    /// The paragraph that says no.
    pub fn paragraph(self) -> &'static str {
        match self {
            // «только в одной общеобразовательной, специальной, санаторной очереди».
            Self::AlreadyWaiting => "004 pt.20",
            // «Заявителем является законный представитель ребенка».
            Self::ApplicantNotRepresentative => "004 1_1 p.4",
            // «наличие действующего заявления на постановку в очередь».
            Self::ApplicationEnded | Self::ApplicationUnknown => "004 1_2 p.1(1)",
            // «id заявления»: one id, one application; what changes it is a service of its own.
            Self::ApplicationDiffers | Self::ApplicationIdTaken => "004 1_1 p.4(1)",
            // «до исполнения полных 6 лет, пока не завершен текущий учебный год в ДО».
            Self::ChildTooOld => "004 pt.21",
            // «присваивает номер очереди в каждой из выбранной Услугополучателем ДО».
            Self::ChoiceRepeated(_) => "004 pt.15",
            // 1_3 p.3 names no limit; without one a queue could be moved at will.
            Self::ChoiceChangedLately(_) => "D-16",
            // «от 1 до 4 ДО».
            Self::ChoicesOutOfRange(PreschoolKind::General) => "004 1_1 p.4(20)",
            // «от 1 до 2 ДО»; «вид реабилитации или профилактики».
            Self::ChoicesOutOfRange(PreschoolKind::Sanatorium) | Self::RehabilitationUnknown => {
                "004 1_1 p.8"
            }
            // «от 1 до 2 ДО»; «вид нарушения».
            Self::ChoicesOutOfRange(PreschoolKind::Special) | Self::DisorderUnknown => {
                "004 1_1 p.6"
            }
            // «проверенные документы»; «Отмена успешно завершенной процедуры не предусматривается».
            Self::DocumentNotOnCheck => "004 1_1 p.10",
            // «при наличии заключения ПМПК, действительный статус которого проверяется».
            Self::ConclusionUnknown | Self::PaperNotValid => "004 pt.21",
            // «ФИО (при наличии) ребенка».
            Self::NameDiffers => "004 1_4 p.3",
            // «выписку по всем действительным заявлениям в очередях».
            Self::NotInQueue => "004 1_4 st.4",
            Self::NotInThisState(refused) => refused.paragraph(),
            // «успешно зарегистрированных и действительных ДО на момент подачи заявления».
            Self::PreschoolClosed(_) | Self::PreschoolUnknown(_) => "004 1_9 p.9",
            // «по принадлежности к конкретной ДО одного населенного пункта», for each kind apart.
            Self::ApplicationOfAnotherSettlement
            | Self::PreschoolOfAnotherKind(_)
            | Self::PreschoolOfAnotherSettlement(_) => "004 pt.16",
            // «Сведения, удостоверяющие права законного представителя ребенка».
            Self::RepresentativeUnknown => "004 1_9 p.5",
            // «находящихся в специальной или санаторной очередях замене … не подлежат».
            Self::QueueNotUpdated => "004 1_3 p.3",
            // A preschool may fix the year when it registers seats.
            Self::BirthYearNotOfAges => "D-12",
            // «проверяет соответствие проектной мощности, количеству мест, разрешенных
            // законодательством по возрастной группе».
            Self::CapacityExceeded | Self::CapacityUnknown | Self::GroupTooLarge => "004 1_5 st.2",
            // «данных об отзыве свободных мест в группе ДО».
            Self::FreeSeatsFewer | Self::SeatsNotFree => "004 1_10 No. 15",
            // «поступают для получения направления в очереди», by kind, disorder, rehabilitation.
            Self::GroupOfAnotherKind | Self::PurposeUnknown => "004 pt.26",
            // «возрастная категория».
            Self::AgeCategoryUnknown => "004 1_5 p.3",
            // «id группы».
            Self::GroupUnknown => "004 1_5 p.3",
            // «прием и регистрация обновленных сведений о группах».
            Self::ReportOutdated => "004 1_5 p.2(4)",
            // «блокирует освобожденные места на срок действия выданного направления».
            Self::SeatsHeld => "004 1_5 p.3",
            // «населенный пункт для постановки на очередь».
            Self::SettlementUnknown => "004 1_1 p.4(4)",
        }
    }

    /// The chosen preschool that it is about, if it is about one.
    pub fn preschool(self) -> Option<PreschoolId> {
        match self {
            Self::ChoiceChangedLately(preschool)
            | Self::ChoiceRepeated(preschool)
            | Self::PreschoolClosed(preschool)
            | Self::PreschoolOfAnotherKind(preschool)
            | Self::PreschoolOfAnotherSettlement(preschool)
            | Self::PreschoolUnknown(preschool) => Some(preschool),
            Self::AgeCategoryUnknown
            | Self::AlreadyWaiting
            | Self::ApplicantNotRepresentative
            | Self::ApplicationDiffers
            | Self::ApplicationEnded
            | Self::ApplicationIdTaken
            | Self::ApplicationOfAnotherSettlement
            | Self::ApplicationUnknown
            | Self::BirthYearNotOfAges
            | Self::CapacityExceeded
            | Self::CapacityUnknown
            | Self::ChildTooOld
            | Self::ChoicesOutOfRange(_)
            | Self::ConclusionUnknown
            | Self::DisorderUnknown
            | Self::DocumentNotOnCheck
            | Self::FreeSeatsFewer
            | Self::GroupOfAnotherKind
            | Self::GroupTooLarge
            | Self::GroupUnknown
            | Self::NameDiffers
            | Self::NotInQueue
            | Self::NotInThisState(_)
            | Self::PaperNotValid
            | Self::PurposeUnknown
            | Self::QueueNotUpdated
            | Self::RehabilitationUnknown
            | Self::ReportOutdated
            | Self::RepresentativeUnknown
            | Self::SeatsHeld
            | Self::SeatsNotFree
            | Self::SettlementUnknown => None,
        }
    }
}
