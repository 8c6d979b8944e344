//! The contract comes with its files.
