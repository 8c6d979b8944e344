//! The rows that the night would read of one child, and whether they contradict each other.

use kezek::queue::application::{PreschoolKind, PreschoolStatus};
use kezek::queue::lifecycle::{Machine, application as a, entry, seat};
use kezek::queue::rank::{Fate, Presence, Standing};
use kezek::queue::seat::{Ages, Care, Class, Fit};
use kezek::queue::snapshot::{
    Applying, Choice, ChoiceState, FreeSeat, Group, MadeOffer, OfferKind, Preschool, Snapshot,
};
use kezek::terms::{Day, PreschoolId, TeachingLanguage};

use crate::household::Household;
use crate::town::midnight;

const FIT: Fit = Fit {
    ages: Ages::Band { from: 2, to: 5 },
    language: TeachingLanguage::Kazakh,
    care: Care::Ordinary,
};

/// Those of the two queues, and the one in which the child may have a place already.
fn preschool(at: usize) -> PreschoolId {
    PreschoolId::parse(&format!("710000000-{at:04}")).expect("an id")
}

/// How the choice of an entry is written; none where there is no such choice.
fn choice_state(entry: entry::State) -> Option<ChoiceState> {
    use entry::State as E;
    match entry {
        E::Counted
        | E::OfferedHere
        | E::OfferedHereThenParked
        | E::OfferedElsewhere
        | E::Paused
        | E::Consented
        | E::StopListed => Some(ChoiceState::Standing),
        E::Parked
        | E::ParkedOffered
        | E::ParkedPaused
        | E::ParkedConsented
        | E::ParkedStopListed => Some(ChoiceState::Parked),
        E::ClosedByRefusals | E::ClosedWithPreschool => Some(ChoiceState::Closed),
        E::New | E::Dropped | E::Ended => None,
    }
}

/// How the application is present; none where it stands in no queue and holds nothing.
fn presence(application: a::State) -> Option<Presence> {
    use a::State as A;
    match application {
        A::IdentityCheck => Some(Presence::IdentityCheck),
        A::BenefitCheck => Some(Presence::BenefitCheck),
        A::Waiting | A::Offered => Some(Presence::Waiting),
        A::Paused => Some(Presence::Paused),
        A::Referred | A::Enrolling => Some(Presence::Consented),
        A::StopListed => Some(Presence::StopListed),
        A::Draft
        | A::NeedsChoice
        | A::Inactive
        | A::Enrolled
        | A::Withdrawn
        | A::Refused
        | A::Expired
        | A::AgeLimit
        | A::Died
        | A::Duplicate
        | A::Rejected => None,
    }
}

impl Household {
    /// Do the rows of the night contradict neither each other nor the machines?
    pub fn fits_the_night(&self) -> bool {
        let rows = self.rows();
        rows.check(&self.rules).is_ok()
            && rows.applications.iter().all(|row| self.tells_the_same(row))
    }

    /// Does each choice of the row say of its queue what its entry says?
    fn tells_the_same(&self, row: &Applying) -> bool {
        row.choices.iter().enumerate().all(|(position, choice)| {
            let at = usize::from(choice.preschool != preschool(0));
            let holds = self.application == a::State::Offered;
            let offered = holds.then_some((at == self.queues.at).then_some(7));
            let says = match row.presence_at(position, offered) {
                // What is on check is counted, and its own machine says that it is.
                Some(Presence::IdentityCheck | Presence::BenefitCheck) => Some(Presence::Waiting),
                // The same of one for which nobody acts.
                Some(Presence::Paused) if self.clocks.nobody_acts => {
                    let entry = self.queues.entries[at].presence(7);
                    return [Some(Presence::Waiting), Some(Presence::Paused)].contains(&entry);
                }
                says => says,
            };
            says == self.queues.entries[at].presence(7)
        })
    }

    /// The rows: three preschools, one of them with a seat, and this child.
    fn rows(&self) -> Snapshot {
        let offer = self.made_offer();
        let pending = offer.fate == Fate::Pending && !self.offer.ended();
        let free = self.seat == seat::State::Free;
        let asked = self.temporary.fate() == Fate::Pending;
        let for_a_time = asked.then_some(MadeOffer {
            id: 2,
            seat: 2,
            class: Class {
                temporary: true,
                ..offer.class
            },
            kind: OfferKind::Temporary,
            fate: Fate::Pending,
            ..offer
        });
        Snapshot {
            taken_at: midnight(),
            preschools: (0..3)
                .map(|at| Preschool {
                    id: preschool(at),
                    kind: PreschoolKind::General,
                    status: PreschoolStatus::Active,
                    suspended: false,
                })
                .collect(),
            groups: vec![Group {
                id: 1,
                preschool: preschool(self.queues.at),
                fit: FIT,
                seats: 1,
                enrolled: 0,
                blocked: u32::from(!free),
            }],
            seats: Vec::from_iter(free.then_some(FreeSeat {
                id: 1,
                group: 1,
                temporary: false,
                state_funded: true,
                free_access_since: None,
            })),
            applications: Vec::from_iter(self.applying()),
            offers: pending
                .then_some(offer)
                .into_iter()
                .chain(for_a_time)
                .collect(),
            refused: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// The application with its choices, if it stands in a queue or holds a referral.
    fn applying(&self) -> Option<Applying> {
        let choice = |at: usize| {
            Some(Choice {
                preschool: preschool(at),
                preference: None,
                filed_at: None,
                state: choice_state(self.queues.entries[at])?,
                owed: false,
            })
        };
        let choices: Vec<Choice> = (0..2).filter_map(choice).collect();
        let lasting = self.places.iter().find(|place| !place.for_a_time);
        let presence = presence(self.application).filter(|_| !choices.is_empty())?;
        let presence = self.applicant.presence(presence);
        Some(Applying {
            id: 1,
            child: 1,
            kind: PreschoolKind::General,
            settlement: preschool(0).settlement(),
            birth_date: day(2023),
            standing: Standing {
                tier: self.queues.tier,
                time: midnight().plus_millis(-9),
                sequence: 1,
            },
            presence,
            care: Care::Ordinary,
            language: None,
            last_day: day(2027),
            enrolled_in: lasting.map(|_| preschool(2)),
            twins: None,
            temporary_too: self.places.is_empty() && self.temporary.ended(),
            choices,
        })
    }

    fn made_offer(&self) -> MadeOffer {
        MadeOffer {
            id: 1,
            application: 1,
            seat: 1,
            class: Class {
                preschool: preschool(self.queues.at),
                temporary: false,
                fit: FIT,
            },
            birth_year: 2023,
            tier: self.queues.offered_in,
            kind: OfferKind::Queue,
            fate: self.offer.fate(),
            made_at: midnight().plus_millis(-1),
        }
    }
}

fn day(year: i32) -> Day {
    Day::from_parts(year, 5, 17).expect("a day")
}
