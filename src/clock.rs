//! The clock: the only reader of the time. Business code is handed a [`Moment`].

use crate::terms::Moment;

/// Now, in UTC to the millisecond.
pub fn now() -> Moment {
    #[expect(clippy::disallowed_methods, reason = "the one reading of the clock")]
    let instant = chrono::Utc::now();
    Moment::from_utc(instant)
}
