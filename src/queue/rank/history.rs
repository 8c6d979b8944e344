//! History: each change of an entry's number over a period, from the log of its queue.
//!
//! Law:   004 pt.2(9) «с указанием причины изменения номера очередности», 1_10 No. 13; D-39.
//! In:    the whole log of one queue, in order, and a period. Out: a [`History`].
//! Never: leaves a change without a reason: the number at the start and the changes make the
//!        number at the end.
//! Start: [`history`].

use std::collections::BTreeMap;

use super::{Around, Fate, Happening, Member, Offer, Presence, Queue, Reason, Standing};
use crate::queue::rules::RuleSet;
use crate::terms::Moment;

/// A change of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: Reason,
    /// By how many places: positive where the number grew.
    pub places: i64,
    /// The number after it; none where the entry is counted no longer.
    pub number: Option<u32>,
}

/// What became of an entry's number over a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The number at the start: of the period, or of the entry, if it joined later. None: it was
    /// never counted in the period.
    pub opening: Option<u32>,
    /// Every change, in order. Where the entry is counted at both ends their sum is the difference.
    pub changes: Vec<Change>,
    /// The number at the end, if it is counted there.
    pub closing: Option<u32>,
}

/// The log of a queue tells what became of the number of the entry with this sequence, from the
/// end of the moment `from` to the end of the moment `until`. `rules` order the queue before the
/// log says otherwise.
pub fn history(
    log: &[(Moment, Happening)],
    sequence: i64,
    from: Moment,
    until: Moment,
    rules: &RuleSet,
) -> History {
    let mut ledger = Ledger {
        members: BTreeMap::new(),
        offers: Vec::new(),
        rules: rules.clone(),
    };
    let mut lines = log.iter().take_while(|(at, _)| *at <= until).peekable();
    // Up to the period, and beyond it until the entry joins, only who stands there matters.
    while let Some((_, happening)) =
        lines.next_if(|(at, _)| *at <= from || !ledger.members.contains_key(&sequence))
    {
        ledger.enter(happening);
    }
    let Some(mut around) = ledger.clone().around(sequence) else {
        return History::default();
    };
    let mut last = around.number();
    let mut history = History {
        opening: Some(last),
        changes: Vec::new(),
        closing: None,
    };
    for (at, happening) in lines {
        let was_counted = around.is_counted();
        let mut parts = BTreeMap::new();
        ledger.enter(happening);
        if around.is_displaced_by(happening) {
            // It comes back by another time (D-16): who is before it is counted anew.
            around = ledger.clone().around(sequence).unwrap_or(around);
        } else {
            around.happen(happening, &mut parts);
        }
        let number = around.is_counted().then(|| around.number());
        match (was_counted, number) {
            (true, Some(_)) => parts.retain(|_, places| *places != 0),
            // It leaves; what others do meanwhile is told when it is back.
            (true, None) => parts = BTreeMap::from([(own_reason(happening), 0)]),
            (false, None) => continue,
            (false, Some(now)) => {
                let places = i64::from(now) - i64::from(last);
                parts = BTreeMap::from([(Reason::WhileAway, places)]);
            }
        }
        last = number.unwrap_or(last);
        history
            .changes
            .extend(parts.into_iter().map(|(reason, places)| Change {
                at: *at,
                reason,
                places,
                number,
            }));
    }
    history.closing = around.is_counted().then(|| around.number());
    history
}

/// Why an entry is counted no longer, by what happened to itself.
fn own_reason(happening: &Happening) -> Reason {
    match happening {
        Happening::Left(_, why) => why.reason(),
        Happening::Ended { fate, .. } if fate.counts() => Reason::Served,
        Happening::Ended { .. }
        | Happening::Joined(..)
        | Happening::Offered(..)
        | Happening::ReferralLost { .. }
        | Happening::Moved(..)
        | Happening::Ruled(_) => Reason::Withdrawn,
    }
}

/// Who stands in a queue, and what it was offered, as its log has told so far.
#[derive(Clone)]
struct Ledger {
    members: BTreeMap<i64, Member>,
    offers: Vec<(u32, Offer)>,
    rules: RuleSet,
}

impl Ledger {
    fn enter(&mut self, happening: &Happening) {
        match happening {
            Happening::Joined(of, _) => self.stands(*of, Presence::Waiting),
            Happening::Left(of, _) => self.leaves(of),
            Happening::Offered(of, turn) => {
                self.stands(*of, Presence::OfferedHere { turn: *turn });
                let (tier, fate) = (of.tier, Fate::Pending);
                self.offers.push((*turn, Offer { tier, fate }));
            }
            Happening::Ended {
                of,
                turn,
                fate,
                stays,
            } => {
                self.ends(*turn, *fate);
                if *stays {
                    self.stands(*of, Presence::Waiting);
                } else {
                    self.members.remove(&of.sequence);
                }
            }
            Happening::ReferralLost { turn, fate } => self.ends(*turn, *fate),
            Happening::Moved(of, tier) => {
                if let Some(member) = self.members.get_mut(&of.sequence) {
                    member.standing.tier = *tier;
                }
            }
            Happening::Ruled(rules) => self.rules = (**rules).clone(),
        }
    }

    fn stands(&mut self, standing: Standing, presence: Presence) {
        let member = Member { standing, presence };
        self.members.insert(standing.sequence, member);
    }

    /// A pending offer of whoever leaves is void.
    fn leaves(&mut self, of: &Standing) {
        let member = self.members.remove(&of.sequence);
        if let Some(turn) = member.and_then(|member| member.presence.turn()) {
            self.ends(turn, Fate::Lapsed);
        }
    }

    fn ends(&mut self, turn: u32, fate: Fate) {
        let mut made = self.offers.iter_mut();
        if let Some((_, offer)) = made.find(|(own, _)| *own == turn) {
            offer.fate = fate;
        }
    }

    fn around(self, sequence: i64) -> Option<Around> {
        let entry = self.members.get(&sequence)?.standing;
        let members = self.members.into_values();
        Queue::new(members, self.offers).around(&entry, &self.rules)
    }
}
