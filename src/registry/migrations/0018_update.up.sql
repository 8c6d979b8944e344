-- Updates of applications, 004 1_3: other preschools, another benefit. A preschool that is dropped
-- keeps its entry, as the history of its queue needs it, and is no choice any more.

ALTER TABLE entry ALTER COLUMN position DROP NOT NULL;
ALTER TABLE entry DROP CONSTRAINT entry_position_once;
ALTER TABLE entry ADD CONSTRAINT entry_position_once UNIQUE (application, position) DEFERRABLE;
ALTER TABLE entry ADD COLUMN changed_at timestamp(3) with time zone;
ALTER TABLE entry ADD CONSTRAINT entry_dropped_has_left CHECK (position IS NOT NULL OR state = 'LEFT');
COMMENT ON COLUMN entry.position IS 'Place among the choices in the order sent, 004 1_1 p.4(20); null: a choice no longer, 004 1_3 p.3';
COMMENT ON COLUMN entry.changed_at IS 'When an update last added or dropped this choice, D-16; null: it was filed';
COMMENT ON CONSTRAINT entry_position_once ON entry IS '004 1_1 p.4(20); asked at the end of a statement, as an update may change the order';
COMMENT ON CONSTRAINT entry_dropped_has_left ON entry IS 'What is no choice stands in no queue, 004 1_3 p.3';

ALTER TABLE happening ADD COLUMN filed_at timestamp(3) with time zone;
COMMENT ON COLUMN happening.filed_at IS 'The time by which it was ordered then, D-16; null: as now';

CREATE TABLE application_update (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application     bigint NOT NULL REFERENCES application (id),
    sender          text COLLATE "C" NOT NULL,
    sent_at         timestamp(3) with time zone NOT NULL,
    received_at     timestamp(3) with time zone NOT NULL,
    benefit_before  text COLLATE "C",
    benefit         text COLLATE "C",
    choices_before  text[] COLLATE "C" NOT NULL,
    choices         text[] COLLATE "C" NOT NULL,
    content_digest  bytea NOT NULL,
    CONSTRAINT application_update_has_its_message CHECK (length(content_digest) = 32),
    CONSTRAINT application_update_leaves_a_choice
        CHECK (cardinality(choices) BETWEEN 1 AND 4 AND cardinality(choices_before) BETWEEN 1 AND 4)
);
CREATE INDEX application_update_of_application ON application_update (application, id);
COMMENT ON TABLE application_update IS 'Applications whose benefit or preschools their families changed, 004 1_3';
COMMENT ON COLUMN application_update.id IS 'Номер, присвоенный заявлению, 004 1_3 p.4(4); that of the notice is made of it';
COMMENT ON COLUMN application_update.application IS 'Which application, 004 1_3 p.3(2)';
COMMENT ON COLUMN application_update.sender IS 'Who sent it';
COMMENT ON COLUMN application_update.sent_at IS 'When, as the sender says, 004 1_3 p.4(2)';
COMMENT ON COLUMN application_update.received_at IS 'When it reached us, 004 1_3 p.4(3)';
COMMENT ON COLUMN application_update.benefit_before IS 'Code of the benefit that was claimed before';
COMMENT ON COLUMN application_update.benefit IS 'Code of the benefit that is claimed since, 004 1_3 p.4(8)';
COMMENT ON COLUMN application_update.choices_before IS 'The preschools before, in their order';
COMMENT ON COLUMN application_update.choices IS 'The preschools since, in their order, 004 1_3 p.4(9)';
COMMENT ON COLUMN application_update.content_digest IS 'SHA-256 of the message that asked: its line in the journal is the evidence';
COMMENT ON CONSTRAINT application_update_has_its_message ON application_update IS 'No update without evidence';
COMMENT ON CONSTRAINT application_update_leaves_a_choice ON application_update IS '004 1_3 p.3(8) «до 4 ДО»';
COMMENT ON INDEX application_update_of_application IS 'The updates of an application, in their order';
