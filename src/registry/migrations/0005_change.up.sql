-- The log of the queues: what changed the place of anybody, to the event (004 pt.2(9), D-39).
-- That an entry joined with its application is told by the entry itself: one row less to write for
-- each of the most frequent events.

ALTER TABLE entry ADD COLUMN joined_at timestamptz;
UPDATE entry e SET joined_at = a.received_at FROM application a WHERE a.id = e.application;
ALTER TABLE entry ALTER COLUMN joined_at SET DEFAULT clock_timestamp();
ALTER TABLE entry ALTER COLUMN joined_at SET NOT NULL;
COMMENT ON COLUMN entry.joined_at IS 'When it was first counted, 004 pt.2(9); what became of it since stands in happening';

CREATE TABLE happening (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    application  bigint NOT NULL,
    preschool    text COLLATE "C" NOT NULL,
    what         text COLLATE "C" NOT NULL,
    why          text COLLATE "C" NOT NULL,
    tier         text COLLATE "C" NOT NULL,
    to_tier      text COLLATE "C",
    law          text NOT NULL,
    CONSTRAINT happening_of_an_entry
        FOREIGN KEY (application, preschool) REFERENCES entry (application, preschool),
    CONSTRAINT happening_known
        CHECK ((what = 'JOINED' AND why IN ('CHOICE_ADDED', 'RETURNED') AND to_tier IS NULL)
            OR (what = 'LEFT' AND why IN ('ARCHIVED', 'CONSENTED_ELSEWHERE', 'EXPIRED', 'PARKED',
                                          'STOP_LISTED', 'WITHDRAWN') AND to_tier IS NULL)
            OR (what = 'MOVED' AND why IN ('BENEFIT_GAINED', 'BENEFIT_LOST')
                AND to_tier IS NOT NULL AND to_tier <> tier)),
    CONSTRAINT happening_tiers_known
        CHECK (tier IN ('GENERAL', 'OUT_OF_TURN', 'PRIORITY')
           AND to_tier IN ('GENERAL', 'OUT_OF_TURN', 'PRIORITY')),
    CONSTRAINT happening_law_named CHECK (length(law) BETWEEN 1 AND 100)
);
CREATE INDEX happening_of_entry ON happening (application, preschool, at, id);
CREATE FUNCTION happening_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of the queues is append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER happening_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON happening
    FOR EACH STATEMENT EXECUTE FUNCTION happening_is_append_only();
CREATE INDEX entry_not_waiting ON entry (preschool, birth_year, kind) WHERE state <> 'WAITING';
COMMENT ON FUNCTION happening_is_append_only() IS 'Refuses whatever would change the history of a queue';
COMMENT ON TRIGGER happening_keeps_rows ON happening IS 'A number is explained by what was, 004 pt.2(9)';
COMMENT ON INDEX entry_not_waiting IS 'Whoever once stood in a queue, for its history; entries begin as WAITING, so a registration writes nothing here';
COMMENT ON TABLE happening IS 'What changed the standing of an entry, 004 pt.2(9) «с указанием причины изменения номера очередности»';
COMMENT ON COLUMN happening.id IS 'The order in which they were written';
COMMENT ON COLUMN happening.at IS 'When it took place, by the clock of the register';
COMMENT ON COLUMN happening.application IS 'Whose entry it is';
COMMENT ON COLUMN happening.preschool IS 'Of which queue';
COMMENT ON COLUMN happening.what IS 'JOINED: counted from now on; LEFT: no longer; MOVED: in another tier';
COMMENT ON COLUMN happening.why IS 'The cause, as the reasons of D-39 know it';
COMMENT ON COLUMN happening.tier IS 'The tier in which it stood';
COMMENT ON COLUMN happening.to_tier IS 'The tier in which it stands from now on';
COMMENT ON COLUMN happening.law IS 'The paragraph of the step that did it';
COMMENT ON CONSTRAINT happening_of_an_entry ON happening IS 'Nothing happens to an entry that is none';
COMMENT ON CONSTRAINT happening_known ON happening IS '004 pt.2(9), D-39';
COMMENT ON CONSTRAINT happening_tiers_known ON happening IS '004 pt.17';
COMMENT ON CONSTRAINT happening_law_named ON happening IS 'Every decision has its paragraph';
COMMENT ON INDEX happening_of_entry IS 'An extract of a period, 004 1_10 No. 13, reads the entries of a queue and these';
