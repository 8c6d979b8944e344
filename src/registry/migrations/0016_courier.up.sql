-- How letters are carried: schedules that a killed courier leaves behind.

ALTER TABLE letter
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN due_at timestamp(3) with time zone,
    ADD COLUMN leased_until timestamp(3) with time zone,
    ADD COLUMN trouble text COLLATE "C";
CREATE INDEX letter_waiting ON letter (peer, due_at NULLS FIRST) WHERE state = 'WAITING';
CREATE INDEX letter_in_chain ON letter (sender, correlation_id, id) WHERE state = 'WAITING';
COMMENT ON COLUMN letter.attempts IS 'How often a courier took it';
COMMENT ON COLUMN letter.due_at IS 'Not before then; null: at once';
COMMENT ON COLUMN letter.leased_until IS 'Until when one courier has it to itself';
COMMENT ON COLUMN letter.trouble IS 'Code of why it was not taken the last time';
COMMENT ON INDEX letter_waiting IS 'What a courier has to read, and no more';
COMMENT ON INDEX letter_in_chain IS 'A letter waits for those before it in its chain';

CREATE TABLE peer_lane (
    peer      text COLLATE "C" PRIMARY KEY,
    failures  integer NOT NULL,
    since     timestamp(3) with time zone NOT NULL,
    due_at    timestamp(3) with time zone NOT NULL,
    trouble   text COLLATE "C" NOT NULL,
    CONSTRAINT peer_lane_of_one_that_is_away CHECK (failures > 0)
);
COMMENT ON TABLE peer_lane IS 'Peers that cannot be reached now; whoever has no row here is well';
COMMENT ON COLUMN peer_lane.peer IS 'The participant to whom letters are handed';
COMMENT ON COLUMN peer_lane.failures IS 'How often it could not be reached, one after the other';
COMMENT ON COLUMN peer_lane.since IS 'Since when';
COMMENT ON COLUMN peer_lane.due_at IS 'When one letter will try whether it is back';
COMMENT ON COLUMN peer_lane.trouble IS 'Code of why it could not be reached the last time';
COMMENT ON CONSTRAINT peer_lane_of_one_that_is_away ON peer_lane IS 'A peer that is well has no row';
