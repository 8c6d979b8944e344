//! The outer shell of a message, its header of ShEP and its payload.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| kezek_fuzz::bodies::envelope(octets));
