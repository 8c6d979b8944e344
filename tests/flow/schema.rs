//! The whole schema after all migrations, as `fixtures/registry/schema.sql` shows it.
//!
//! Printed from the catalogue, so that PostgreSQL 15 and 17 print the same.

use std::fmt::Write;

use tokio_postgres::Client;

use crate::ground::Database;

const PRINTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/registry/schema.sql");

const TABLES: &str = "
    SELECT c.oid, c.relname, obj_description(c.oid, 'pg_class') AS says
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    ORDER BY c.relname";

const COLUMNS: &str = "
    SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
           CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END AS identity,
           CASE WHEN k.collname = 'C' THEN ' COLLATE \"C\"' ELSE '' END AS collation,
           coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS default_is,
           col_description(a.attrelid, a.attnum) AS says
    FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation k ON k.oid = a.attcollation
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum";

/// Since PostgreSQL 18 NOT NULL is a constraint too; it is printed with its column.
const CONSTRAINTS: &str = "
    SELECT conname, pg_get_constraintdef(oid) AS defined, obj_description(oid) AS says
    FROM pg_constraint
    WHERE conrelid = $1 AND contype <> 'n' AND contype <> 't'
    ORDER BY contype DESC, conname";

const INDEXES: &str = "
    SELECT pg_get_indexdef(i.indexrelid) AS defined, obj_description(i.indexrelid) AS says
    FROM pg_index i
    WHERE i.indrelid = $1
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid
                                                    AND c.contype IN ('p', 'u'))
    ORDER BY i.indexrelid::regclass::text";

const TRIGGERS: &str = "
    SELECT pg_get_triggerdef(oid) AS defined, obj_description(oid) AS says
    FROM pg_trigger
    WHERE tgrelid = $1 AND NOT tgisinternal
    ORDER BY tgname";

const FUNCTIONS: &str = "
    SELECT pg_get_functiondef(oid) AS defined, obj_description(oid) AS says
    FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
    ORDER BY proname";

async fn print(client: &Client) -> String {
    let mut out = String::from("-- The schema after all migrations. Printed by a test; not run.\n");
    for table in client.query(TABLES, &[]).await.expect("tables") {
        let (oid, name): (u32, &str) = (table.get("oid"), table.get("relname"));
        let says: Option<&str> = table.get("says");
        let _ = writeln!(
            out,
            "\n-- {}\nTABLE {name}",
            says.unwrap_or("(says nothing)")
        );
        for column in client.query(COLUMNS, &[&oid]).await.expect("columns") {
            let text = |of: &str| column.get::<_, &str>(of).to_owned();
            let null = if column.get("attnotnull") {
                " NOT NULL"
            } else {
                ""
            };
            let definition = format!(
                "{} {}{}{null}{}{}",
                text("attname"),
                text("type"),
                text("collation"),
                text("identity"),
                text("default_is")
            );
            let says = column
                .get::<_, Option<&str>>("says")
                .unwrap_or("(says nothing)");
            let _ = writeln!(out, "    {definition:<60} -- {says}");
        }
        for (query, what) in [(CONSTRAINTS, "CONSTRAINT"), (INDEXES, ""), (TRIGGERS, "")] {
            for row in client
                .query(query, &[&oid])
                .await
                .expect("parts of a table")
            {
                let named = row.try_get::<_, &str>("conname").unwrap_or_default();
                let defined: &str = row.get("defined");
                let line = format!("{what} {named} {defined}");
                let _ = writeln!(out, "  {}", line.trim());
                if let Some(says) = row.get::<_, Option<&str>>("says") {
                    let _ = writeln!(out, "      -- {says}");
                }
            }
        }
    }
    for function in client.query(FUNCTIONS, &[]).await.expect("functions") {
        let says = function
            .get::<_, Option<&str>>("says")
            .unwrap_or("(says nothing)");
        let _ = writeln!(
            out,
            "\n-- {says}\n{}",
            function.get::<_, &str>("defined").trim_end()
        );
    }
    out
}

/// Are golden files rewritten? The caller says so by UPDATE=1.
#[expect(clippy::disallowed_methods, reason = "the one switch of the tests")]
pub fn rewrites() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[tokio::test]
async fn printed_schema_is_the_one_that_migrations_make() {
    let (database, _registry) = Database::migrated().await;
    let now = print(&database.look().await).await;
    if rewrites() {
        std::fs::write(PRINTED, &now).expect("the fixture can be written");
    }
    let printed = std::fs::read_to_string(PRINTED).unwrap_or_default();
    assert!(
        printed == now,
        "fixtures/registry/schema.sql is old: run this test with UPDATE=1"
    );
}

#[tokio::test]
async fn every_table_column_and_named_rule_says_what_it_is_for() {
    let (database, _registry) = Database::migrated().await;
    let client = database.look().await;
    let silent = client
        .query(
            "SELECT c.relname || '.' || a.attname AS name
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
               AND col_description(c.oid, a.attnum) IS NULL
             UNION ALL
             SELECT relname FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
               AND obj_description(oid, 'pg_class') IS NULL
             UNION ALL
             SELECT conname FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace AND contype = 'c'
               AND obj_description(oid, 'pg_constraint') IS NULL",
            &[],
        )
        .await
        .expect("the catalogue answers");
    let names: Vec<&str> = silent.iter().map(|row| row.get("name")).collect();
    assert!(names.is_empty(), "without a comment: {names:?}");
}
