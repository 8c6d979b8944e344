-- Twelve digits of eleven, by the weights of the check digit. Where both rounds give ten no number
-- exists; then the next serial number is taken.
CREATE OR REPLACE FUNCTION pg_temp.weighted(eleven text, first int) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
    SELECT sum(substr(eleven, i, 1)::int * ((i + first - 2) % 11 + 1))::int % 11
    FROM generate_series(1, 11) AS i
$$;
CREATE OR REPLACE FUNCTION pg_temp.iin(born date, century text, serial bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT eleven || coalesce(nullif(pg_temp.weighted(eleven, 1), 10),
                              pg_temp.weighted(eleven, 3))::text
    FROM generate_series(0, 1) AS step,
         LATERAL (
             SELECT to_char(born, 'YYMMDD') || century
                    || lpad(((serial * 2 + step) % 10000)::text, 4, '0') AS eleven
         ) AS digits
    WHERE pg_temp.weighted(eleven, 1) <> 10 OR pg_temp.weighted(eleven, 3) <> 10
    ORDER BY step
    LIMIT 1
$$;
