//! Faults that other tests provoke, so that each code of the contract is shown somewhere.

/// Their codes, each with who provokes it.
pub const CODES: [&str; 18] = [
    "certificate_never_issued", // tests/trust/standing.rs
    "certificate_policy",       // tests/trust/roles.rs
    "content_encoding",         // bad_http
    "internal",                 // ours alone
    "message_id_reused",        // below
    "message_type",             // async_channel
    "message_unknown",          // async_channel
    "multipart",                // scans
    "parallel_exceeded",        // limits
    "rate_exceeded",            // limits
    "region_not_open",          // rights
    "revocation_unknown",       // revocation
    "scan_layout",              // scans
    "scan_too_large",           // scans
    "service_element",          // a finding says it with the place
    "too_large",
    "too_slow",  // below
    "try_again", // outage
];
