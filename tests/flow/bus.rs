//! Bus tests.
