-- Changes of what participants may call are evidence, too.

ALTER TABLE journal DROP CONSTRAINT journal_kind_known;
ALTER TABLE journal ADD CONSTRAINT journal_kind_known
    CHECK (kind IN ('ALARM', 'MESSAGE', 'REJECTED', 'RIGHTS')) NOT VALID;
ALTER TABLE journal VALIDATE CONSTRAINT journal_kind_known;
COMMENT ON CONSTRAINT journal_kind_known ON journal IS 'Closed list';
COMMENT ON COLUMN journal.kind IS 'MESSAGE: answered; REJECTED: not believed or no message; RIGHTS: what participants may call was changed; ALARM: somebody must look';
