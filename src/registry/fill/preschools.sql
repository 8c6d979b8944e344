-- $1 how many. Twenty to a settlement, in codes of КАТО that nobody has (they begin with 99).
INSERT INTO preschool
       (id, settlement, kind, status, name_kk, name_ru, short_name_kk, short_name_ru)
SELECT s.settlement || '-' || lpad((p % 20 + 1)::text, 4, '0'), s.settlement, 'GENERAL', 'ACTIVE',
       'Сынақ ' || p || ' балабақшасы', 'Пробный детский сад ' || p,
       'Сынақ ' || p, 'Пробный ' || p
FROM generate_series(0, $1::bigint - 1) AS p,
     LATERAL (SELECT '99' || lpad((p / 20)::text, 7, '0') AS settlement) AS s
ON CONFLICT (id) DO NOTHING
