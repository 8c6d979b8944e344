-- Time-stamps over batches of the journal.

CREATE TABLE journal_stamp (
    number    bigint PRIMARY KEY,
    previous  bytea NOT NULL,
    after     bigint NOT NULL,
    through   bigint NOT NULL,
    lines     bigint[] NOT NULL,
    digests   bytea NOT NULL,
    token     bytea NOT NULL,
    at        timestamptz(3) NOT NULL,
    CONSTRAINT journal_stamp_is_a_range CHECK (through > after),
    CONSTRAINT journal_stamp_counts CHECK (octet_length(digests) = 32 * cardinality(lines))
);
CREATE UNIQUE INDEX journal_stamp_by_end ON journal_stamp (through);
COMMENT ON TABLE journal_stamp IS 'Append-only: batches of the journal, each under a time-stamp of RFC 3161';
COMMENT ON COLUMN journal_stamp.number IS 'From 1, without a gap';
COMMENT ON COLUMN journal_stamp.previous IS 'SHA-256 of the statement of the batch before; zeros for the first';
COMMENT ON COLUMN journal_stamp.after IS 'journal.id at which the batch before ended';
COMMENT ON COLUMN journal_stamp.through IS 'journal.id at which it ends; every transaction that had a number up to here was over';
COMMENT ON COLUMN journal_stamp.lines IS 'journal.id of its lines, in order';
COMMENT ON COLUMN journal_stamp.digests IS 'SHA-256 of each line, one behind the other';
COMMENT ON COLUMN journal_stamp.token IS 'The TimeStampToken over the statement of the batch';
COMMENT ON COLUMN journal_stamp.at IS 'The time that the token states';
COMMENT ON CONSTRAINT journal_stamp_is_a_range ON journal_stamp IS 'A batch has lines';
COMMENT ON CONSTRAINT journal_stamp_counts ON journal_stamp IS 'A digest for each line';
COMMENT ON INDEX journal_stamp_by_end IS 'kezek verify; and two batches never end at one line';

CREATE TRIGGER journal_stamp_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_stamp
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
COMMENT ON TRIGGER journal_stamp_keeps_rows ON journal_stamp IS 'Evidence is added, never changed';
