//! Octets of an arrival, parsed and written.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| kezek_fuzz::bodies::xml(octets));
