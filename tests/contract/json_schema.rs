//! JSON Schema, as far as ours goes. The flow tests hold what comes out of the bus against it too.

use serde_json::Value;

/// The words of JSON Schema that our schema uses; an unknown word fails.
pub fn fits(root: &Value, schema: &Value, value: &Value, at: &str) {
    for (word, rule) in schema.as_object().expect("a schema is an object") {
        let length = value.as_str().map(|text| text.chars().count() as u64);
        match word.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "format" => {}
            "$ref" => {
                let pointer = rule.as_str().expect("a text").trim_start_matches('#');
                fits(
                    root,
                    root.pointer(pointer).expect("it is defined"),
                    value,
                    at,
                );
            }
            "type" => match rule.as_str().expect("a text") {
                "object" => assert!(value.is_object(), "{at}"),
                "string" => assert!(value.is_string(), "{at}"),
                "integer" => assert!(value.is_u64(), "{at}"),
                other => panic!("{at}: unknown type {other}"),
            },
            "additionalProperties" => {
                assert_eq!(rule, false, "{at}");
                let known = schema["properties"].as_object().expect("an object");
                for key in value.as_object().expect("an object").keys() {
                    assert!(known.contains_key(key), "{at}.{key}");
                }
            }
            "required" => {
                for name in rule.as_array().expect("a list") {
                    assert!(
                        value.get(name.as_str().expect("a text")).is_some(),
                        "{at}.{name}"
                    );
                }
            }
            "properties" => {
                for (name, inner) in rule.as_object().expect("an object") {
                    fits(root, inner, &value[name], &format!("{at}.{name}"));
                }
            }
            "enum" => assert!(rule.as_array().expect("a list").contains(value), "{at}"),
            "minLength" => assert!(length >= rule.as_u64(), "{at}"),
            "maxLength" => assert!(length <= rule.as_u64(), "{at}"),
            "minimum" => assert!(value.as_u64() >= rule.as_u64(), "{at}"),
            "maximum" => assert!(value.as_u64() <= rule.as_u64(), "{at}"),
            "pattern" => {
                let pattern = rule.as_str().expect("a text");
                let text = value.as_str().expect("a text");
                assert!(matches(pattern, text), "{at}: {text} is not {pattern}");
            }
            other => panic!("{at}: this check does not know {other}"),
        }
    }
}

/// Matches the patterns of our schema: literals, escapes, `[x-y…]`, `{n}` and `{n,m}`.
fn matches(pattern: &str, text: &str) -> bool {
    let inner = pattern
        .strip_prefix('^')
        .and_then(|p| p.strip_suffix('$'))
        .expect("anchored");
    let (mut rest, mut text) = (inner, text);
    while let Some(first) = rest.chars().next() {
        let class: Vec<(char, char)>;
        match first {
            '[' => {
                let (inside, after) = rest[1..].split_once(']').expect("a class ends");
                let parts: Vec<char> = inside.chars().collect();
                class = parts.chunks(3).map(|part| (part[0], part[2])).collect();
                rest = after;
            }
            '\\' => {
                let c = rest[1..].chars().next().expect("an escape escapes");
                class = vec![(c, c)];
                rest = &rest[2..];
            }
            c => {
                class = vec![(c, c)];
                rest = &rest[c.len_utf8()..];
            }
        }
        let (least, most) = match rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            Some((count, after)) => {
                rest = after;
                let (least, most) = count.split_once(',').unwrap_or((count, count));
                (
                    least.parse().expect("a number"),
                    most.parse().expect("a number"),
                )
            }
            None => (1, 1),
        };
        let fit = |c: &char| class.iter().any(|(from, to)| (from..=to).contains(&c));
        let taken = text.chars().take_while(fit).take(most).count();
        if taken < least {
            return false;
        }
        text = &text[taken..];
    }
    text.is_empty()
}
