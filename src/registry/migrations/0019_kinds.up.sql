-- Special and sanatorium queues, 004 1_1 p.6, p.8: on what ground an application stands there, and
-- which queue of a preschool it is in. The ages of a category tell which children share a special
-- queue; a register that was loaded before says none, and its special queues are not parted by age.

ALTER TABLE application ADD COLUMN care text COLLATE "C";
ALTER TABLE application ADD COLUMN ground_number text;
ALTER TABLE application ADD COLUMN ground_from date;
ALTER TABLE application ADD COLUMN ground_until date;
ALTER TABLE application ADD CONSTRAINT application_ground_of_its_kind
    CHECK (num_nonnulls(care, ground_number, ground_from, ground_until)
           = CASE kind WHEN 'GENERAL' THEN 0 ELSE 4 END);
ALTER TABLE application ADD CONSTRAINT application_ground_shape
    CHECK (care ~ '^[A-Za-z0-9_]{1,40}$' AND length(ground_number) BETWEEN 1 AND 100
           AND ground_from <= ground_until);
COMMENT ON COLUMN application.care IS 'Code of the disorder, 004 1_1 p.6, or of the rehabilitation or prevention, p.8; null: the queue is general';
COMMENT ON COLUMN application.ground_number IS 'Number of the conclusion of the ПМПК, 004 1_1 p.6, or of the referral of a doctor, p.8';
COMMENT ON COLUMN application.ground_from IS 'First day on which that paper counts, 004 pt.21';
COMMENT ON COLUMN application.ground_until IS 'Its last day, 004 pt.21, D-82';
COMMENT ON CONSTRAINT application_ground_of_its_kind ON application IS '004 pt.20 «при наличии соответствующих оснований и подтверждающих документов»';
COMMENT ON CONSTRAINT application_ground_shape ON application IS '004 1_1 p.6, p.8';

ALTER TABLE entry ADD COLUMN care text COLLATE "C";
ALTER TABLE entry ADD CONSTRAINT entry_care_of_its_kind CHECK ((kind = 'GENERAL') = (care IS NULL));
ALTER TABLE entry ADD CONSTRAINT entry_choices_two CHECK (kind = 'GENERAL' OR position <= 2);
CREATE INDEX entry_queue_by_care ON entry (preschool, care, kind, filed_at, sequence)
    WHERE kind <> 'GENERAL';
COMMENT ON COLUMN entry.care IS 'With the preschool the key of a special or sanatorium queue, 004 pt.26(2), pt.26(3), D-11; null: it is general';
COMMENT ON CONSTRAINT entry_care_of_its_kind ON entry IS '004 pt.26';
COMMENT ON CONSTRAINT entry_choices_two ON entry IS 'At most two special or sanatorium preschools, 004 1_1 p.6, p.8';
COMMENT ON INDEX entry_queue_by_care IS 'Special and sanatorium queues in their legal order, 004 pt.18, pt.19';

ALTER TABLE code ADD COLUMN age_from smallint;
ALTER TABLE code ADD COLUMN age_to smallint;
ALTER TABLE code ADD CONSTRAINT code_ages_of_a_category
    CHECK ((age_from IS NULL) = (age_to IS NULL) AND (list = 'AGE_CATEGORY' OR age_from IS NULL)
           AND age_from BETWEEN 0 AND age_to AND age_to <= 7);
COMMENT ON COLUMN code.age_from IS 'Youngest children of an age category, in full years by the calendar year, 004 pt.16, pt.27';
COMMENT ON COLUMN code.age_to IS 'Its oldest';
COMMENT ON CONSTRAINT code_ages_of_a_category ON code IS '004 pt.16 «по возрастной периодизации детей, определенной в такой ДО»';

-- The years of birth of which children stand in one special queue: 004 pt.16 «по возрастной
-- периодизации детей, определенной в такой ДО»; pt.27 «возраст детей учитывается на календарный
-- год», six at most (D-23). The youngest category of the preschool that serves them; no other kind
-- of queue is parted so.
CREATE FUNCTION queue_band(of_kind text, of_preschool text, of_birth_year integer, in_year integer)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT c.code
      FROM requisites r
      JOIN code c ON c.list = 'AGE_CATEGORY' AND c.code = ANY (r.ages)
     WHERE of_kind = 'SPECIAL' AND r.preschool = of_preschool
       AND least(in_year - of_birth_year, 6) BETWEEN c.age_from AND c.age_to
     ORDER BY c.age_from, c.age_to, c.code
     LIMIT 1
$$;
COMMENT ON FUNCTION queue_band IS 'Which ages share a special queue of a preschool in a year, 004 pt.16, pt.27, D-23';
