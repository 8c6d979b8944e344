//! Chart: who waits, month by month, as an SVG that needs no script and no font of ours.

use std::fmt::Write as _;

use super::report::Report;

const WIDTH: usize = 860;
const HEIGHT: usize = 420;
const LEFT: usize = 60;
const TOP: usize = 40;
const RIGHT: usize = 20;
const BOTTOM: usize = 50;
/// The tiers, as they are called on the chart; colours that differ in lightness too.
const LINES: [(&str, &str); 3] = [
    ("out of turn", "#b2182b"),
    ("priority", "#e08214"),
    ("general", "#2166ac"),
];

/// The chart of a report; of a second one, its lines are dashed.
pub fn chart(reports: &[&Report]) -> String {
    let months = reports
        .iter()
        .map(|report| report.months.len())
        .max()
        .unwrap_or_default();
    let most = reports
        .iter()
        .flat_map(|report| &report.months)
        .flat_map(|month| month.waiting)
        .max()
        .unwrap_or_default()
        .max(1) as usize;
    let x = |at: usize| LEFT + at * (WIDTH - LEFT - RIGHT) / months.saturating_sub(1).max(1);
    let y = |value: u32| HEIGHT - BOTTOM - value as usize * (HEIGHT - TOP - BOTTOM) / most;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Who waits, by tier and month</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    let mut add = |line: String| writeln!(svg, "{line}").expect("a string can be written to");
    for part in 0..=4u32 {
        let value = u32::try_from(most).unwrap_or(u32::MAX) / 4 * part;
        let (from, to, at) = (LEFT, WIDTH - RIGHT, y(value));
        add(format!(
            "<path d=\"M{from} {at}H{to}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{value}</text>",
            from - 8,
            at + 4
        ));
    }
    let longest = reports.iter().max_by_key(|report| report.months.len());
    let days = longest
        .map(|report| report.months.as_slice())
        .unwrap_or_default();
    for (at, month) in days.iter().enumerate().step_by((months / 8).max(1)) {
        let text = month.day.to_string();
        add(format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x(at),
            HEIGHT - BOTTOM + 20,
            text.get(..7).unwrap_or_default()
        ));
    }
    for (report, dash) in reports.iter().zip(["", " stroke-dasharray=\"6 4\""]) {
        for (tier, (_, colour)) in LINES.iter().enumerate() {
            let points: Vec<String> = report
                .months
                .iter()
                .enumerate()
                .map(|(at, month)| format!("{},{}", x(at), y(month.waiting[tier])))
                .collect();
            add(format!(
                "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash} \
                 points=\"{}\"/>",
                points.join(" ")
            ));
        }
    }
    legend(reports).into_iter().for_each(add);
    svg.push_str("</svg>\n");
    svg
}

/// Which line is which tier, and which rule set.
fn legend(reports: &[&Report]) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, (name, colour)) in LINES.iter().enumerate() {
        let x = LEFT + at * 120;
        lines.push(format!(
            "<text x=\"{x}\" y=\"24\" fill=\"{colour}\">{name}</text>"
        ));
    }
    let sets: Vec<String> = reports
        .iter()
        .zip(["", " (dashed)"])
        .map(|(report, dash)| format!("{}{dash}", report.rules))
        .collect();
    lines.push(format!(
        "<text x=\"{}\" y=\"24\" text-anchor=\"end\">{}</text>",
        WIDTH - RIGHT,
        sets.join(", ")
    ));
    lines
}
