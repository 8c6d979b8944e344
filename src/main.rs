//! The door bell: verbs.
fn main() {}
