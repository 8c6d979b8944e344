//! The canonical forms of a document.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| kezek_fuzz::bodies::canonical(octets));
