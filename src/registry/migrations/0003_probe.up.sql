-- Where a worker that found the database unfit writes until a write works again.

CREATE TABLE probe (
    one  boolean PRIMARY KEY,
    at   timestamptz(3) NOT NULL,
    CONSTRAINT probe_is_one_row CHECK (one)
);
COMMENT ON TABLE probe IS 'The last durable write of a worker that asked whether the database can work';
COMMENT ON COLUMN probe.one IS 'There is one row, which all workers write';
COMMENT ON COLUMN probe.at IS 'When it was written';
COMMENT ON CONSTRAINT probe_is_one_row ON probe IS 'It is a question, not a record';
