//! Medians and percentiles of what was measured.

/// The middle of some values; not a number where there are none.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value below which so many percent of the values lie (nearest rank).
pub fn percentile(values: &mut [f64], percent: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_unstable_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank lies between 1 and the count"
    )]
    let rank = (percent / 100.0 * values.len() as f64).ceil().max(1.0) as usize;
    values[rank.min(values.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentile_is_a_value_that_was_measured() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut values, 99.0), 99.0);
        assert_eq!(median(&mut values), 50.0);
        assert_eq!(percentile(&mut [7.0], 1.0), 7.0);
        assert!(median(&mut []).is_nan());
    }
}
