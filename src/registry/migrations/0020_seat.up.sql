-- Seats one by one, and each report of a preschool that made or moved them, 004 1_5, 1_10 No. 14, No. 15.

ALTER TABLE seat_group ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE seat_group ADD COLUMN birth_year smallint;
ALTER TABLE seat_group ADD COLUMN purpose text COLLATE "C";
ALTER TABLE seat_group ADD CONSTRAINT seat_group_number_once UNIQUE (id);
ALTER TABLE seat_group ADD CONSTRAINT seat_group_birth_year_readable CHECK (birth_year BETWEEN 1900 AND 2099);
ALTER TABLE seat_group ADD CONSTRAINT seat_group_purpose_of_its_kind
    CHECK (purpose IS NULL OR (purpose ~ '^[A-Za-z0-9_]{1,40}$' AND group_type <> 'GENERAL'));
ALTER TABLE seat_group DROP CONSTRAINT seat_group_free_within_seats;
ALTER TABLE seat_group ADD CONSTRAINT seat_group_free_within_seats
    CHECK (seats BETWEEN 0 AND 200 AND free BETWEEN 0 AND seats);
COMMENT ON COLUMN seat_group.id IS 'Number of the group, by which seats and protocols name it, 004 pt.25';
COMMENT ON COLUMN seat_group.birth_year IS 'Year of birth that the preschool has fixed, D-12';
COMMENT ON COLUMN seat_group.purpose IS 'Вид нарушения или реабилитации, 004 pt.26(2), pt.26(3)';
COMMENT ON CONSTRAINT seat_group_number_once ON seat_group IS 'One group, one number';
COMMENT ON CONSTRAINT seat_group_birth_year_readable ON seat_group IS 'D-12';
COMMENT ON CONSTRAINT seat_group_purpose_of_its_kind ON seat_group IS '004 pt.26(2), pt.26(3): an ordinary group has none';
COMMENT ON CONSTRAINT seat_group_free_within_seats ON seat_group IS '004 1_5 st.2, D-45; without seats it is closed, 1_5 p.2(4)';

CREATE TABLE seat_report (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seat_group      bigint NOT NULL REFERENCES seat_group (id),
    what            text COLLATE "C" NOT NULL,
    sender          text COLLATE "C" NOT NULL,
    sent_at         timestamp(3) with time zone NOT NULL,
    received_at     timestamp(3) with time zone NOT NULL,
    seats_before    smallint NOT NULL,
    free_before     smallint NOT NULL,
    seats           smallint NOT NULL,
    free            smallint NOT NULL,
    ground          text COLLATE "C",
    content_digest  bytea NOT NULL,
    CONSTRAINT seat_report_known CHECK (what IN ('RECALLED', 'REGISTERED')),
    CONSTRAINT seat_report_recall_has_its_ground CHECK ((what = 'RECALLED') = (ground IS NOT NULL)),
    CONSTRAINT seat_report_ground_known CHECK (ground IN ('FUNDING', 'MISTAKE', 'PREMISES', 'STAFF')),
    CONSTRAINT seat_report_counts CHECK (free BETWEEN 0 AND seats AND free_before BETWEEN 0 AND seats_before),
    CONSTRAINT seat_report_has_its_message CHECK (length(content_digest) = 32)
);
CREATE INDEX seat_report_of_group ON seat_report (seat_group, id);
COMMENT ON TABLE seat_report IS 'What preschools reported and recalled, 004 1_10 No. 14, No. 15';
COMMENT ON COLUMN seat_report.id IS 'The number of the result is made of it, 004 1_5 p.4(1)';
COMMENT ON COLUMN seat_report.seat_group IS 'id группы, 004 1_5 p.4(4)';
COMMENT ON COLUMN seat_report.what IS 'Reported or recalled';
COMMENT ON COLUMN seat_report.sender IS 'Who sent it';
COMMENT ON COLUMN seat_report.sent_at IS 'When, as the sender says: a later one is not overtaken, 004 1_5 p.2(4)';
COMMENT ON COLUMN seat_report.received_at IS 'When it reached us';
COMMENT ON COLUMN seat_report.seats_before IS 'Seats of the group before';
COMMENT ON COLUMN seat_report.free_before IS 'Free ones before';
COMMENT ON COLUMN seat_report.seats IS 'Seats of the group since, 004 1_5 p.3';
COMMENT ON COLUMN seat_report.free IS 'Free ones since, 004 1_5 p.3';
COMMENT ON COLUMN seat_report.ground IS 'Why seats were recalled, D-47';
COMMENT ON COLUMN seat_report.content_digest IS 'SHA-256 of the message that says it: its line in the journal is the evidence';
COMMENT ON CONSTRAINT seat_report_known ON seat_report IS '004 1_10 No. 14, No. 15';
COMMENT ON CONSTRAINT seat_report_recall_has_its_ground ON seat_report IS 'No seat leaves the queue without a ground, D-47';
COMMENT ON CONSTRAINT seat_report_ground_known ON seat_report IS 'Closed list';
COMMENT ON CONSTRAINT seat_report_counts ON seat_report IS '004 1_5 st.2, D-45';
COMMENT ON CONSTRAINT seat_report_has_its_message ON seat_report IS 'No change without evidence';
COMMENT ON INDEX seat_report_of_group IS 'The history of a group, in its order';

CREATE TABLE seat (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seat_group     bigint NOT NULL REFERENCES seat_group (id),
    state          text COLLATE "C" NOT NULL,
    state_funded   boolean NOT NULL,
    away_until     date,
    changed_at     timestamp(3) with time zone NOT NULL,
    CONSTRAINT seat_state_known
        CHECK (state IN ('FREE', 'HELD_BY_OFFER', 'HELD_BY_REFERRAL', 'HELD_BY_ENROLMENT', 'FREE_ACCESS',
                         'OCCUPIED', 'TEMP_FREE', 'TEMP_HELD', 'TEMP_TAKEN', 'RECALLED', 'CLOSED')),
    CONSTRAINT seat_away_has_its_day
        CHECK ((state IN ('TEMP_FREE', 'TEMP_HELD', 'TEMP_TAKEN')) = (away_until IS NOT NULL))
);
CREATE INDEX seat_of_group ON seat (seat_group) WHERE state NOT IN ('RECALLED', 'CLOSED');
COMMENT ON TABLE seat IS 'Места, one by one, from the day on which they come to a queue, 004 pt.25, 1_5 p.3, D-46';
COMMENT ON COLUMN seat.id IS 'Number of the seat';
COMMENT ON COLUMN seat.seat_group IS 'Of which group';
COMMENT ON COLUMN seat.state IS 'Who holds it, 004 1_5 p.3';
COMMENT ON COLUMN seat.state_funded IS 'По государственному заказу: no other seat is distributed, 004 pt.25, D-50';
COMMENT ON COLUMN seat.away_until IS 'The last day on which its child is away for a treatment, 004 pt.32';
COMMENT ON COLUMN seat.changed_at IS 'When its state changed last';
COMMENT ON CONSTRAINT seat_state_known ON seat IS 'The states of the life cycle, but for the one before it';
COMMENT ON CONSTRAINT seat_away_has_its_day ON seat IS '004 pt.32 «временно свободное место»';
COMMENT ON INDEX seat_of_group IS 'The seats of a group that have not ended';

CREATE TABLE seat_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seat        bigint NOT NULL REFERENCES seat (id),
    at          timestamp(3) with time zone NOT NULL,
    report      bigint REFERENCES seat_report (id),
    event       text COLLATE "C" NOT NULL,
    state_from  text COLLATE "C" NOT NULL,
    state_to    text COLLATE "C" NOT NULL,
    law         text NOT NULL
);
CREATE INDEX seat_event_of_seat ON seat_event (seat, id);
CREATE FUNCTION seat_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of the seats is append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER seat_event_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON seat_event
    FOR EACH STATEMENT EXECUTE FUNCTION seat_history_is_append_only();
CREATE TRIGGER seat_report_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON seat_report
    FOR EACH STATEMENT EXECUTE FUNCTION seat_history_is_append_only();
COMMENT ON FUNCTION seat_history_is_append_only() IS 'Refuses whatever would change the history of a seat';
COMMENT ON TRIGGER seat_event_keeps_rows ON seat_event IS 'A seat that went elsewhere can be explained, 004 pt.12';
COMMENT ON TRIGGER seat_report_keeps_rows ON seat_report IS 'A seat that went elsewhere can be explained, 004 pt.12';
COMMENT ON TABLE seat_event IS 'What happened to each seat, 004 1_5';
COMMENT ON COLUMN seat_event.id IS 'The order in which it happened';
COMMENT ON COLUMN seat_event.seat IS 'To which seat';
COMMENT ON COLUMN seat_event.at IS 'When';
COMMENT ON COLUMN seat_event.report IS 'The report from which it follows; null: it follows from something else';
COMMENT ON COLUMN seat_event.event IS 'What happened, as the life cycle names it';
COMMENT ON COLUMN seat_event.state_from IS 'Who held it before';
COMMENT ON COLUMN seat_event.state_to IS 'Who holds it since';
COMMENT ON COLUMN seat_event.law IS 'The paragraph behind the step';
COMMENT ON INDEX seat_event_of_seat IS 'The history of a seat, in its order';

ALTER TABLE referral ADD COLUMN seat bigint REFERENCES seat (id);
CREATE INDEX referral_of_seat ON referral (seat) WHERE seat IS NOT NULL;
COMMENT ON COLUMN referral.seat IS 'Which seat it holds, 004 1_5 p.3';
COMMENT ON INDEX referral_of_seat IS 'Which referral blocks a seat, 004 1_5 p.2(5)';
