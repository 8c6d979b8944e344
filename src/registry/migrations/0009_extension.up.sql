-- Extensions of applications, 004 1_2: the notice of each is made of its row.

CREATE TABLE extension (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application     bigint NOT NULL REFERENCES application (id),
    sender          text COLLATE "C" NOT NULL,
    sent_at         timestamp(3) with time zone NOT NULL,
    received_at     timestamp(3) with time zone NOT NULL,
    valid_before    date NOT NULL,
    valid_until     date NOT NULL,
    content_digest  bytea NOT NULL,
    CONSTRAINT extension_never_shortens CHECK (valid_until >= valid_before),
    CONSTRAINT extension_has_its_message CHECK (length(content_digest) = 32)
);
CREATE INDEX extension_of_application ON extension (application, id);
COMMENT ON TABLE extension IS 'Applications that their families extended, 004 1_2';
COMMENT ON COLUMN extension.id IS 'Номер, присвоенный заявлению, 004 1_2 p.4(4); that of the notice is made of it';
COMMENT ON COLUMN extension.application IS 'Which application, 004 1_2 p.3(2)';
COMMENT ON COLUMN extension.sender IS 'Who sent it';
COMMENT ON COLUMN extension.sent_at IS 'When, as the sender says, 004 1_2 p.4(2)';
COMMENT ON COLUMN extension.received_at IS 'When it reached us, 004 1_2 p.4(3)';
COMMENT ON COLUMN extension.valid_before IS 'The last day of validity before';
COMMENT ON COLUMN extension.valid_until IS 'The last day of validity since';
COMMENT ON COLUMN extension.content_digest IS 'SHA-256 of the message that asked: its line in the journal is the evidence';
COMMENT ON CONSTRAINT extension_never_shortens ON extension IS 'D-101: to confirm never takes anything away';
COMMENT ON CONSTRAINT extension_has_its_message ON extension IS 'No extension without evidence';
COMMENT ON INDEX extension_of_application IS 'The extensions of an application, in their order';
