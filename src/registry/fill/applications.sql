-- $1 from, $2 to (excluded), $3 how many preschools, $4 now.
-- One to four preschools of one settlement; 1 % out of turn, 9 % priority; 1 % on a check of
-- identity; filed over the last two years. The hash keeps home, tier and year independent.
WITH person AS (
    SELECT n, date '2020-01-01' + (n % 1826)::int AS born,
           abs(hashint8(n)::bigint) % $3::bigint AS home,
           1 + (n % 4) AS choices,
           CASE WHEN n % 100 = 0 THEN 'OUT_OF_TURN'
                WHEN n % 100 < 10 THEN 'PRIORITY'
                ELSE 'GENERAL' END AS tier,
           date_trunc('milliseconds', $4::timestamptz - (n * 7919 % 63072000) * interval '1 second')
               AS filed
    FROM generate_series($1::bigint, $2::bigint - 1) AS n
), lodged AS (
    INSERT INTO application (
        sender, application_id, kind, settlement, state, tier, birth_year,
        stated_at, received_at, filed_at, filed_at_source, valid_until, rule_set, content_digest,
        applicant_iin, applicant_surname, applicant_given, applicant_patronymic, applicant_type,
        phone, child_iin, child_surname, child_given, child_birth_date, child_sex,
        child_citizenship, benefit, language, language_only, processing_consent_at
    )
    SELECT 'bench', 'bench-' || n, 'GENERAL', '99' || lpad((home / 20)::text, 7, '0'),
           CASE WHEN n % 100 = 50 THEN 'IDENTITY_CHECK' ELSE 'WAITING' END, tier,
           date_part('year', born)::smallint,
           filed, filed, filed, 'STATED', ($4::timestamptz + interval '12 months')::date,
           'kz-2023-351-591', sha256(convert_to('bench-' || n, 'UTF8')),
           pg_temp.iin((date '1985-01-01' + (n % 3650)::int), 4, n / 3650),
           'Ойданов', 'Айша', 'Қиялқызы', 'PARENT',
           '+7700' || lpad((n % 10000000)::text, 7, '0'),
           pg_temp.iin(born, CASE WHEN n % 2 = 0 THEN 5 ELSE 6 END, n / 1826),
           'Ойданов', 'Арман', born, CASE WHEN n % 2 = 0 THEN 'M' ELSE 'F' END, 'KAZ',
           CASE WHEN tier = 'PRIORITY' THEN 'LARGE_FAMILY'
                WHEN tier = 'OUT_OF_TURN' THEN 'MILITARY_SERVICE' END,
           'kk', false, filed
    FROM person
    WHERE NOT EXISTS (
        SELECT FROM application a WHERE a.sender = 'bench' AND a.application_id = 'bench-' || n)
    RETURNING id, application_id, settlement, birth_year, tier, filed_at, state
)
INSERT INTO entry (
    application, preschool, kind, birth_year, tier, filed_at, sequence, position, state, held_by
)
SELECT l.id, l.settlement || '-' || lpad(((p.home + c * 5) % 20 + 1)::text, 4, '0'), 'GENERAL',
       l.birth_year, l.tier, l.filed_at, l.id, c, 'WAITING',
       CASE WHEN l.state = 'IDENTITY_CHECK' THEN 'IDENTITY' END
FROM lodged l
JOIN person p ON p.n = substr(l.application_id, 7)::bigint
CROSS JOIN LATERAL generate_series(1, p.choices) AS c
WHERE EXISTS (
    SELECT FROM preschool s
    WHERE s.id = l.settlement || '-' || lpad(((p.home + c * 5) % 20 + 1)::text, 4, '0'))
