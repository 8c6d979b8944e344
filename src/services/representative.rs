//! Representative: of which applications somebody who asks about a child may see what followed.
//!
//! Law:   004 1_9 p.5 (who represents a child is shown by registers), 1_6 p.3(10), pt.30, pt.31.
//! In:    a [`Family`] and the regions of the sender. Out: numbers of applications, or a refusal.
//! Never: tells that a child is known to whoever does not represent it, or to the sender of another
//!        region. An extract from the queues keeps nothing back (1_4 st.4); papers of a seat do.
//! Start: `Family::applications`.

use super::party::Family;
use super::{Asked, Outcome};
use crate::queue::application;
use crate::queue::lifecycle::Machine;
use crate::queue::refusal::Refusal;
use crate::registry::{PlaceGiven, Transaction, Trouble};
use crate::xml::Writer;

impl Family {
    /// The applications that the applicant filed for the child where this sender may see, or the
    /// answer that refuses; `form` is the name of the request, for the paths.
    pub(super) async fn applications(
        &self,
        transaction: &Transaction,
        asked: &Asked,
        form: &str,
    ) -> Result<Result<Vec<i64>, Outcome>, Trouble> {
        let (applicant, child) = (&self.applicant.iin, &self.child.iin);
        let mut filed = transaction.filed_for(child, applicant).await?;
        filed.retain(|filed| asked.regions.hold(filed.settlement));
        let differing = self.names_differing(form, &filed);
        Ok(
            match application::represented(filed, differing.is_empty()) {
                Ok(filed) => Ok(filed.iter().map(|filed| filed.number).collect()),
                Err(Refusal::NameDiffers) => Err(Outcome::untold(Refusal::NameDiffers, &differing)),
                Err(refusal) => {
                    let at = [format!("/{form}/applicant/iin")];
                    Err(Outcome::untold(refusal, &at))
                }
            },
        )
    }
}

/// The codes of the states in which a paper is there and can still be used («действующие»).
pub fn in_force<S: Machine>() -> Vec<&'static str> {
    let states = S::STATES.iter().copied();
    let there = states.filter(|state| !state.ended() && *state != S::START);
    there.map(Machine::state_code).collect()
}

/// The codes of the states in which a paper holds its place.
///
/// 004 1_5 p.3 «блокирует освобожденные места на срок действия выданного направления».
pub(super) fn unended<S: Machine>() -> Vec<&'static str> {
    let states = S::STATES.iter().copied();
    states
        .filter(|state| !state.ended())
        .map(Machine::state_code)
        .collect()
}

/// Writes `k:PlaceGiven` as `place`.
pub(super) fn write_place(writer: &mut Writer, place: &PlaceGiven) {
    let ([kk, ru], [address_kk, address_ru]) = (&place.names, &place.address);
    writer
        .open("k:place", &[])
        .leaf("k:preschool", place.preschool.as_str())
        .leaf("k:kk", kk)
        .leaf("k:ru", ru)
        .optional("k:addressKk", address_kk.as_deref())
        .optional("k:addressRu", address_ru.as_deref())
        .leaf("k:ageCategory", &place.age_category)
        .leaf("k:language", &place.language)
        .close();
}
