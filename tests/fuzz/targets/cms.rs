//! Signed documents and time-stamps.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| kezek_fuzz::bodies::cms(octets));
