-- Twelve digits of eleven, by the weights of the check digit. Where both rounds give ten no such
-- number exists; then the next one is taken: its last digit counts in the second round alone, so
-- one step is enough. Serial numbers are even, so the step carries nothing.
CREATE OR REPLACE FUNCTION pg_temp.first_round(v bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (v / 10000000000 % 10 * 1 + v / 1000000000 % 10 * 2 + v / 100000000 % 10 * 3
          + v / 10000000 % 10 * 4 + v / 1000000 % 10 * 5 + v / 100000 % 10 * 6
          + v / 10000 % 10 * 7 + v / 1000 % 10 * 8 + v / 100 % 10 * 9
          + v / 10 % 10 * 10 + v % 10 * 11) % 11
$$;
CREATE OR REPLACE FUNCTION pg_temp.second_round(v bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (v / 10000000000 % 10 * 3 + v / 1000000000 % 10 * 4 + v / 100000000 % 10 * 5
          + v / 10000000 % 10 * 6 + v / 1000000 % 10 * 7 + v / 100000 % 10 * 8
          + v / 10000 % 10 * 9 + v / 1000 % 10 * 10 + v / 100 % 10 * 11
          + v / 10 % 10 * 1 + v % 10 * 2) % 11
$$;
CREATE OR REPLACE FUNCTION pg_temp.iin(born date, century int, serial bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN pg_temp.first_round(v) <> 10 THEN lpad((v * 10 + pg_temp.first_round(v))::text, 12, '0')
        WHEN pg_temp.second_round(v) <> 10
            THEN lpad((v * 10 + pg_temp.second_round(v))::text, 12, '0')
        ELSE lpad(((v + 1) * 10 + pg_temp.second_round(v + 1))::text, 12, '0')
    END
    FROM (SELECT to_char(born, 'YYMMDD')::bigint * 100000 + century * 10000
                 + serial * 2 % 10000 AS v) AS eleven
$$;
