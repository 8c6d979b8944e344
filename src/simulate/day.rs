//! A day of the city: what ends, the night's distribution, what families do.

use crate::queue::allocation::{Line, plan};
use crate::queue::audit::audit;
use crate::queue::calendar::{Calendar, MissingYear, months_after};
use crate::queue::desk::Desk;
use crate::queue::rank::Fate;
use crate::queue::roll::Roll;
use crate::queue::rules::{RefusalPolicy, SilencePolicy};
use crate::queue::snapshot::{ChoiceState, MadeOffer, RefusedSeat};
use crate::terms::Moment;

use super::Stopped;
use super::report::Report;
use super::world::{Answer, Fortune, World, number};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

impl World<'_> {
    /// Lives one day.
    pub(super) fn live(
        &mut self,
        day: u32,
        calendar: &Calendar,
        report: &mut Report,
    ) -> Result<(), Stopped> {
        let missing = |MissingYear { year }| Stopped::NoCalendar(year);
        self.end_terms(self.moment(day, 0), calendar, report)
            .map_err(missing)?;
        self.leave_by_age(day);
        if day.is_multiple_of(self.city.days_between_nights) {
            self.distribute(day, calendar, report)?;
        }
        self.arrive(day);
        self.withdraw(day);
        let families = &self.families;
        self.present
            .retain(|at| families[*at].fortune != Fortune::Gone);
        Ok(())
    }

    /// Terms that ended before this moment: answers, referrals, pauses, stays in the stop-list.
    fn end_terms(
        &mut self,
        now: Moment,
        calendar: &Calendar,
        report: &mut Report,
    ) -> Result<(), MissingYear> {
        for at in self.present.clone() {
            match self.families[at].fortune {
                Fortune::Paused(until) | Fortune::StopListed(until) if until <= now => {
                    self.families[at].fortune = Fortune::Waiting;
                }
                Fortune::Offered {
                    offer,
                    seat,
                    until,
                    answer,
                } if until <= now => match answer {
                    Answer::Consent => self.consent(at, (offer, seat), until, calendar, report)?,
                    Answer::Refuse => self.refuse(at, (offer, seat), until),
                    Answer::Silence => self.stay_silent(at, (offer, seat), until, calendar)?,
                },
                Fortune::Referred {
                    offer,
                    seat,
                    until,
                    kept,
                } if until <= now => {
                    if kept {
                        self.seats[seat].enrolled = true;
                        self.refused.retain(|row| row.seat != number(seat));
                        self.families[at].fortune = Fortune::Gone;
                    } else {
                        // 004 pt.28: the referral is annulled, the application is barred.
                        self.end_offer(offer, Some(seat), Fate::Annulled);
                        let exit = calendar.stop_list_exit(until, self.rules.stop_list.referral)?;
                        self.families[at].fortune = Fortune::StopListed(exit);
                        report.annulled += 1;
                    }
                }
                Fortune::Waiting
                | Fortune::Paused(_)
                | Fortune::StopListed(_)
                | Fortune::Offered { .. }
                | Fortune::Referred { .. }
                | Fortune::Gone => {}
            }
        }
        Ok(())
    }

    fn consent(
        &mut self,
        at: usize,
        (offer, seat): (usize, usize),
        when: Moment,
        calendar: &Calendar,
        report: &mut Report,
    ) -> Result<(), MissingYear> {
        self.end_offer(offer, None, Fate::Accepted);
        report.consented(&self.families[at].applying.standing, when);
        let kept = !self.families[at].dice.per_mille(self.city.lost_referrals);
        let until = if kept {
            when.plus_millis(2 * DAY_MS)
        } else {
            calendar.deadline(when, self.rules.referrals.valid)?
        };
        self.families[at].fortune = Fortune::Referred {
            offer,
            seat,
            until,
            kept,
        };
        Ok(())
    }

    /// 1_5 p.3: the seat goes on; what the family loses is the rule set's to say (D-62).
    fn refuse(&mut self, at: usize, (offer, seat): (usize, usize), when: Moment) {
        self.end_offer(offer, Some(seat), Fate::Refused);
        self.refused.push(RefusedSeat {
            application: number(at),
            seat: number(seat),
        });
        let preschool = self.offers[offer].class.preschool;
        let family = &mut self.families[at];
        family.fortune = Fortune::Waiting;
        let choices = &mut family.applying.choices;
        let Some(choice) = choices
            .iter()
            .position(|choice| Desk::same(choice.preschool, preschool, self.rules))
        else {
            return;
        };
        family.refusals[choice].push(when);
        let closes = match self.rules.offers.refusal {
            RefusalPolicy::Keep { times, months } => {
                let within = |then: &Moment| months_after(then.day(), months) >= when.day();
                let counted = family.refusals[choice]
                    .iter()
                    .filter(|then| within(then))
                    .count();
                counted > times as usize
            }
            RefusalPolicy::DropChoice => true,
            RefusalPolicy::ArchiveAll | RefusalPolicy::StopList => {
                family.fortune = Fortune::Gone;
                false
            }
        };
        if closes {
            choices[choice].state = ChoiceState::Closed;
        }
    }

    fn stay_silent(
        &mut self,
        at: usize,
        (offer, seat): (usize, usize),
        when: Moment,
        calendar: &Calendar,
    ) -> Result<(), MissingYear> {
        self.end_offer(offer, Some(seat), Fate::Lapsed);
        self.families[at].fortune = match self.rules.offers.silence {
            SilencePolicy::Pause(term) => Fortune::Paused(calendar.deadline(when, term)?),
            SilencePolicy::Skip => Fortune::Waiting,
            SilencePolicy::Archive => Fortune::Gone,
            SilencePolicy::StopList => {
                let stay = self
                    .rules
                    .stop_list
                    .silence
                    .unwrap_or(self.rules.stop_list.referral);
                Fortune::StopListed(calendar.stop_list_exit(when, stay)?)
            }
        };
        Ok(())
    }

    /// 004 pt.21: whoever is past the last day by age leaves the queue, or the preschool.
    fn leave_by_age(&mut self, day: u32) {
        let today = self.moment(day, 0).day();
        for at in self.present.clone() {
            let family = &mut self.families[at];
            if family.fortune == Fortune::Waiting && family.applying.last_day < today {
                family.fortune = Fortune::Gone;
            }
        }
        for seat in &mut self.seats {
            let child = seat.taken.filter(|_| seat.enrolled);
            if child.is_some_and(|at| self.families[at].applying.last_day < today) {
                (seat.taken, seat.enrolled) = (None, false);
            }
        }
    }

    fn distribute(
        &mut self,
        day: u32,
        calendar: &Calendar,
        report: &mut Report,
    ) -> Result<(), Stopped> {
        let (snapshot, positions) = self.snapshot(day);
        let stopped = |what: String| Stopped::Contradiction {
            day: self.moment(day, 0).day().to_string(),
            what,
        };
        let sound = match snapshot.check(self.rules) {
            Ok(sound) => sound,
            Err(wrong) => return Err(stopped(format!("{:?}", wrong.first()))),
        };
        let roll = Roll::of(&sound, self.rules);
        let planned = plan(&sound, &roll, self.rules);
        let breaches = audit(&snapshot, &planned, self.rules);
        report.night(&planned, breaches.len());
        for line in &planned.lines {
            let Some(at) = sound.application(line.application) else {
                continue;
            };
            self.offer(line, positions[at], day, calendar)
                .map_err(|MissingYear { year }| Stopped::NoCalendar(year))?;
        }
        Ok(())
    }

    /// Makes an offer, and lets the family decide what it will answer, and when.
    fn offer(
        &mut self,
        line: &Line,
        at: usize,
        day: u32,
        calendar: &Calendar,
    ) -> Result<(), MissingYear> {
        if let Fortune::Offered { offer, seat, .. } = self.families[at].fortune {
            // A better seat takes the place of a pending offer (D-41).
            self.end_offer(offer, Some(seat), Fate::Superseded);
        }
        let seat = usize::try_from(line.seat).unwrap_or(usize::MAX);
        self.seats[seat].taken = Some(at);
        // D-44: held at 00:00, sent from eight o'clock; the term counts from the day of sending.
        let sent = self.moment(day, 8 * HOUR_MS);
        let offer = self.offers.len();
        self.offers.push(MadeOffer {
            id: number(offer),
            application: number(at),
            seat: line.seat,
            class: line.class,
            birth_year: self.families[at].applying.birth_date.year(),
            tier: line.tier,
            kind: line.kind,
            fate: Fate::Pending,
            made_at: self.moment(day, 0),
        });
        let end = calendar.deadline(sent, self.rules.offers.answer)?;
        let family = &mut self.families[at];
        let roll = u32::try_from(family.dice.below(1000)).unwrap_or(0);
        let after = number(family.dice.below(48)) * HOUR_MS;
        let (answer, until) = if roll < self.city.refuse {
            (Answer::Refuse, sent.plus_millis(after).min(end))
        } else if roll < self.city.refuse + self.city.silent {
            (Answer::Silence, end)
        } else {
            (Answer::Consent, sent.plus_millis(after).min(end))
        };
        family.fortune = Fortune::Offered {
            offer,
            seat,
            until,
            answer,
        };
        Ok(())
    }

    /// The applications of a day.
    fn arrive(&mut self, day: u32) {
        let month = self.city.applications_per_month as usize;
        let mut today = month / 30;
        today += usize::from(self.arrivals.below(30) < month % 30);
        for _ in 0..today {
            let at = number(self.arrivals.below(24 * 3_600_000));
            let at = self.moment(day, at);
            self.file(at);
        }
    }

    /// Families that move away or change their minds.
    fn withdraw(&mut self, day: u32) {
        if self.moment(day, 0).day() != self.moment(day, DAY_MS - 1).day()
            || !day.is_multiple_of(30)
        {
            return;
        }
        for at in self.present.clone() {
            let family = &mut self.families[at];
            if family.fortune == Fortune::Waiting && family.dice.per_mille(self.city.withdraw) {
                family.fortune = Fortune::Gone;
            }
        }
    }
}
