//! Terms: the words that all rooms share; a value that exists is valid.
//!
//! Each term that the law names carries its Russian form in the doc comment of its type, once.
//! In:    text from a message, a file or a row.
//! Out:   checked values, whose `Debug` never shows a person's number, name or phone.
//! Never: reads a clock, a register or a message; imports another room.

mod contact;
mod day;
mod iin;
mod language;
mod moment;
mod person;
mod preschool;
mod region;

pub use contact::{Email, Phone};
pub use day::{Day, NotADay};
pub use iin::{Bin, Iin, NotANumber, OwnerNumber};
pub use language::{Language, TeachingLanguage};
pub use moment::{Moment, NotAMoment};
pub use person::{Citizenship, NotAName, PersonName, Sex};
pub use preschool::{NotAPreschool, PreschoolId, Settlement};
pub use region::begins_in_a_region;
