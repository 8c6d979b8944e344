-- $1 how many preschools there are: the settlements in which they stand.
INSERT INTO settlement (code, name_kk, name_ru, status)
SELECT '99' || lpad(s::text, 7, '0'), 'Сынақ ауылы ' || s, 'Пробное село ' || s, 'ACTIVE'
FROM generate_series(0, ($1::bigint - 1) / 20) AS s
ON CONFLICT (code) DO NOTHING
