//! Refusal: the closed list of lawful ways to say no (мотивированный отказ).
//!
//! Law:   each variant names its paragraph; the general principle is 004 1_1 st.6.
//! Never: carries words. Wording exists once, in `services::answer`, in both languages.

use crate::terms::PreschoolId;

/// The law says no to an application or a request; the reply is an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The child already stands in a queue of this kind, somewhere in the republic.
    AlreadyWaiting,
    /// The sender has filed this application of this child with another content.
    ApplicationDiffers,
    /// The sender has already used this id for another application.
    ApplicationIdTaken,
    /// The preschool year in which the child turns six has ended.
    ChildTooOld,
    /// One preschool is chosen twice.
    ChoiceRepeated(PreschoolId),
    /// No preschool is chosen, or more than one application may name.
    ChoicesOutOfRange,
    /// A person whose number is sent is called otherwise in the register.
    NameDiffers,
    /// The child stands in no queue, so that there is no rank to tell.
    NotInQueue,
    /// The preschool no longer takes children.
    PreschoolClosed(PreschoolId),
    /// The preschool belongs to another kind of queue.
    PreschoolOfAnotherKind(PreschoolId),
    /// The preschool belongs to another settlement than the queue asked for.
    PreschoolOfAnotherSettlement(PreschoolId),
    /// The register holds no such preschool.
    PreschoolUnknown(PreschoolId),
}

impl Refusal {
    /// The code in answers and in the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyWaiting => "already_waiting",
            Self::ApplicationDiffers => "application_differs",
            Self::ApplicationIdTaken => "application_id_taken",
            Self::ChildTooOld => "child_too_old",
            Self::ChoiceRepeated(_) => "choice_repeated",
            Self::ChoicesOutOfRange => "choices_out_of_range",
            Self::NameDiffers => "name_differs",
            Self::NotInQueue => "not_in_queue",
            Self::PreschoolClosed(_) => "preschool_closed",
            Self::PreschoolOfAnotherKind(_) => "preschool_of_another_kind",
            Self::PreschoolOfAnotherSettlement(_) => "preschool_of_another_settlement",
            Self::PreschoolUnknown(_) => "preschool_unknown",
        }
    }

    /// The paragraph that says no.
    pub fn paragraph(self) -> &'static str {
        match self {
            // «только в одной общеобразовательной, специальной, санаторной очереди».
            Self::AlreadyWaiting => "004 pt.20",
            // «id заявления»: one id, one application; what changes it is a service of its own.
            Self::ApplicationDiffers | Self::ApplicationIdTaken => "004 1_1 p.4(1)",
            // «до исполнения полных 6 лет, пока не завершен текущий учебный год в ДО».
            Self::ChildTooOld => "004 pt.21",
            // «присваивает номер очереди в каждой из выбранной Услугополучателем ДО».
            Self::ChoiceRepeated(_) => "004 pt.15",
            // «от 1 до 4 ДО».
            Self::ChoicesOutOfRange => "004 1_1 p.4(20)",
            // «ФИО (при наличии) ребенка».
            Self::NameDiffers => "004 1_4 p.3",
            // «выписку по всем действительным заявлениям в очередях».
            Self::NotInQueue => "004 1_4 st.4",
            // «успешно зарегистрированных и действительных ДО на момент подачи заявления».
            Self::PreschoolClosed(_) | Self::PreschoolUnknown(_) => "004 1_9 p.9",
            // «о предпочитаемых общеобразовательных ДО».
            Self::PreschoolOfAnotherKind(_) => "004 1_1 p.4(20)",
            // «по принадлежности к конкретной ДО одного населенного пункта».
            Self::PreschoolOfAnotherSettlement(_) => "004 pt.16",
        }
    }

    /// The chosen preschool that it is about, if it is about one.
    pub fn preschool(self) -> Option<PreschoolId> {
        match self {
            Self::ChoiceRepeated(preschool)
            | Self::PreschoolClosed(preschool)
            | Self::PreschoolOfAnotherKind(preschool)
            | Self::PreschoolOfAnotherSettlement(preschool)
            | Self::PreschoolUnknown(preschool) => Some(preschool),
            Self::AlreadyWaiting
            | Self::ApplicationDiffers
            | Self::ApplicationIdTaken
            | Self::ChildTooOld
            | Self::ChoicesOutOfRange
            | Self::NameDiffers
            | Self::NotInQueue => None,
        }
    }
}
