-- One application and its one to four entries (004 pt.20). Consents count from our reception.
WITH lodged AS (
    INSERT INTO application (
        sender, application_id, kind, settlement, state, tier, birth_year,
        stated_at, received_at, filed_at, filed_at_source, valid_until, rule_set, content_digest,
        applicant_iin, applicant_surname, applicant_given, applicant_patronymic, applicant_type,
        phone, phone2, phone3, email,
        child_iin, child_surname, child_given, child_patronymic, child_birth_date, child_sex,
        child_citizenship, child_nationality, benefit, language, language_only,
        processing_consent_at, publication_consent_at,
        care, ground_number, ground_from, ground_until
    )
    VALUES (
        $1, $2, $3, $4, $5, $6, $7,
        $8, $9::timestamptz, $10, $11, $12, $13, $14,
        $15, $16, $17, $18, $19,
        $20, $21, $22, $23,
        $24, $25, $26, $27, $28, $29,
        $30, $31, $32, $33, $34,
        $9::timestamptz, CASE WHEN $35 THEN $9::timestamptz END,
        $39, $40, $41, $42
    )
    RETURNING id, kind, tier, birth_year, filed_at, care
), entered AS (
    INSERT INTO entry (
        application, preschool, kind, birth_year, tier, filed_at, sequence, position, preference,
        state, held_by, care
    )
    SELECT lodged.id, choice.preschool, lodged.kind, lodged.birth_year, lodged.tier,
           lodged.filed_at, lodged.id, choice.position, choice.preference, 'WAITING', $38,
           lodged.care
    FROM lodged,
         unnest($36::text[], $37::smallint[])
             WITH ORDINALITY AS choice (preschool, preference, position)
    RETURNING application
)
SELECT lodged.id, (SELECT count(*) FROM entered) AS entries
FROM lodged
