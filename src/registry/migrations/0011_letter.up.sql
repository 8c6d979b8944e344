-- Letters: messages of ours to systems that asked by the asynchronous channel.

CREATE TABLE letter (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id      uuid NOT NULL,
    peer            text COLLATE "C" NOT NULL,
    sender          text COLLATE "C" NOT NULL,
    correlation_id  text COLLATE "C" NOT NULL,
    answers         text COLLATE "C" NOT NULL,
    service         text COLLATE "C" NOT NULL,
    kind            text COLLATE "C" NOT NULL,
    status          text COLLATE "C" NOT NULL,
    payload         bytea NOT NULL,
    created_at      timestamp(3) with time zone NOT NULL,
    expires_at      timestamp(3) with time zone NOT NULL,
    state           text COLLATE "C" NOT NULL DEFAULT 'WAITING',
    ended_at        timestamp(3) with time zone,
    CONSTRAINT letter_message_once UNIQUE (message_id),
    CONSTRAINT letter_kind_known CHECK (kind IN ('NOTIFICATION', 'RESPONSE')),
    CONSTRAINT letter_state_known
        CHECK (state IN ('DELIVERED', 'EXPIRED', 'REFUSED', 'WAITING')),
    CONSTRAINT letter_ends_once CHECK ((state = 'WAITING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX letter_answers_once ON letter (sender, answers) WHERE kind = 'RESPONSE';
COMMENT ON TABLE letter IS 'Messages of ours to systems that asked by the asynchronous channel: written in the transaction that made them true';
COMMENT ON COLUMN letter.id IS 'Order of writing';
COMMENT ON COLUMN letter.message_id IS 'messageId: the same each time it is sent, so that its peer can count';
COMMENT ON COLUMN letter.peer IS 'The participant to whom it is handed: the gateway by which the question came, or the sender itself';
COMMENT ON COLUMN letter.sender IS 'Verified sender of the question: for whom it is';
COMMENT ON COLUMN letter.correlation_id IS 'The chain of messages that it belongs to';
COMMENT ON COLUMN letter.answers IS 'Key of the message that it answers, as in the inbox';
COMMENT ON COLUMN letter.service IS 'Integration service, 004 annex 1_1 to 1_9';
COMMENT ON COLUMN letter.kind IS 'messageType';
COMMENT ON COLUMN letter.status IS 'Outcome of the service';
COMMENT ON COLUMN letter.payload IS 'The element in data; unsigned, as the answers of the inbox are';
COMMENT ON COLUMN letter.created_at IS 'messageDate: when it was decided';
COMMENT ON COLUMN letter.expires_at IS 'Until when it is tried';
COMMENT ON COLUMN letter.state IS 'WAITING; DELIVERED: its peer has it; REFUSED: its peer does not want it; EXPIRED: its term ended';
COMMENT ON COLUMN letter.ended_at IS 'When it was delivered, refused or given up';
COMMENT ON CONSTRAINT letter_message_once ON letter IS 'One identity, one message';
COMMENT ON CONSTRAINT letter_kind_known ON letter IS 'Closed list: we ask nobody by this channel';
COMMENT ON CONSTRAINT letter_state_known ON letter IS 'Closed list';
COMMENT ON CONSTRAINT letter_ends_once ON letter IS 'What waits has not ended, and nothing else waits';
COMMENT ON INDEX letter_answers_once IS 'One question, one answer';
