//! Do our words fit `wsdl/` and `schemas/`? No services are needed, but `xmllint` is.
//!
//! A validator that others wrote, and our own `read` and `write`, are asked the same questions:
//! about every fixture, about every answer, and about thousands of mutants of the fixtures.

mod active_applications;
mod active_contracts;
mod active_enrolments;
mod active_referrals;
mod async_channel;
mod code_list;
mod consent;
mod document_check;
mod extension;
mod fields;
mod fixture;
mod guide;
mod json_schema;
mod mutants;
mod preschool_list;
mod preschool_map;
mod preschool_requisites;
mod queue_registration;
mod rank_check;
mod rank_history;
mod registers;
mod rules;
mod seat_group;
mod seat_recall;
mod served;
mod settlement_list;
mod sms;
mod soapui;
mod special_needs;
mod stop_list;
mod update;
mod validator;
mod withdrawal;
mod words;
