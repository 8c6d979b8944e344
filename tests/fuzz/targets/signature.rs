//! Messages, signed and changed.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| kezek_fuzz::bodies::signature(octets));
