//! A whole installation under load.
