//! Queue: the law, as functions of values. The story of a child's place:
//!
//! 1. A parent files an [`application`] for one to four preschools; it is registered or refused.
//! 2. The child then stands in the queue of each preschool, among children of one year of birth.
//! 3. A [`benefit`] puts it into a tier: out of turn, priority or general.
//! 4. Its [`rank`] follows from tier, time and sequence, and from the offers already made.
//! 5. It may stand there to the end of the preschool year in which it turns six ([`calendar`]).
//! 6. Offer, referral, enrolment, dismissal: what may happen to each is a [`lifecycle`].
//! 7. What the family must be told is a [`notice`] or a [`remark`]; a lawful "no" is a [`refusal`].
//!
//! Law:   the joint order No. 351 / 591-НҚ of 30.11.2023, by [`rules`]; `queue/README.md`.
//! Never: reads a clock, a register or a message. Start: [`application::register`], then [`rank`].

pub mod allocation;

pub mod application;

pub mod audit;

pub mod benefit;

pub mod deficit;

pub mod desk;

pub mod group;

pub mod rank;

pub mod roll;

pub mod seat;

pub mod snapshot;

pub mod calendar;

pub mod lifecycle;

pub mod notice;

pub mod protocol;

pub mod refusal;

pub mod remark;

pub mod rules;

mod coded;
