//! Does the core obey the Rules? Tables in `fixtures/law/<chapter>/` for what the law says in
//! single cases, properties for what it promises in all of them. No server is needed.
//!
//! `UPDATE=1 cargo law` writes the answers of the code into the tables; review the diff.

mod addressed;
mod agreement;
mod allocation;
mod application;
mod audit;
mod benefit;
mod calendar;
mod caused;
mod change;
mod check;
mod citations;
mod city;
mod clocks;
mod closed_form;
mod contradictions;
mod deficit;
mod entries;
mod happenings;
mod history;
mod household;
mod invariants;
mod kinds;
mod lifecycle;
mod machines;
mod night;
mod notation;
mod notices;
mod one_queue;
mod outside;
mod planted;
mod policies;
mod printed;
mod protocol;
mod queues;
mod rank;
mod ratio;
mod reasons;
mod roll;
mod rows;
mod rules;
mod seat_group;
mod simulation;
mod stories;
mod stories_for_a_time;
mod stories_of_benefits;
mod story;
mod table;
mod town;
mod update;
mod walks;
mod working_days;
