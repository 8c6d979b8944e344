-- How messages travel without being lost or done twice, and what remains as evidence.

CREATE TABLE inbox (
    sender       text COLLATE "C" NOT NULL,
    message_key  text COLLATE "C" NOT NULL,
    body_digest  bytea NOT NULL,
    service      text COLLATE "C" NOT NULL,
    received_at  timestamptz(3) NOT NULL,
    answered_at  timestamptz(3) NOT NULL,
    status       text COLLATE "C" NOT NULL,
    answer       bytea NOT NULL,
    PRIMARY KEY (message_key, sender),
    CONSTRAINT inbox_digest_is_sha256 CHECK (length(body_digest) = 32),
    CONSTRAINT inbox_key_bounded
        CHECK (length(sender) BETWEEN 1 AND 255 AND length(message_key) BETWEEN 1 AND 255)
);
COMMENT ON TABLE inbox IS 'Messages that were completed, each with its answer: a row exists if and only if the work is done';
COMMENT ON COLUMN inbox.sender IS 'Verified sender';
COMMENT ON COLUMN inbox.message_key IS 'messageId, or the digest of the Body where none was given';
COMMENT ON COLUMN inbox.body_digest IS 'SHA-256 of the signed octets: the same key with another text is an alarm';
COMMENT ON COLUMN inbox.service IS 'Integration service, 004 annex 1_1 to 1_9';
COMMENT ON COLUMN inbox.received_at IS 'Time of reception, D-35';
COMMENT ON COLUMN inbox.answered_at IS 'responseDate of the answer, the same at every repeat';
COMMENT ON COLUMN inbox.status IS 'Outcome of the service';
COMMENT ON COLUMN inbox.answer IS 'The answer as it is sent, unsigned: the gateway signs';
COMMENT ON CONSTRAINT inbox_digest_is_sha256 ON inbox IS 'A digest of another length is none';
COMMENT ON CONSTRAINT inbox_key_bounded ON inbox IS 'Keys travel as short strings of the bus';

CREATE TABLE outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane          text COLLATE "C" NOT NULL,
    message_id    uuid NOT NULL,
    origin        text COLLATE "C" NOT NULL,
    body          bytea NOT NULL,
    created_at    timestamptz(3) NOT NULL,
    leased_until  timestamptz(3),
    published_at  timestamptz(3),
    CONSTRAINT outbox_message_once UNIQUE (message_id),
    CONSTRAINT outbox_lane_named CHECK (length(lane) BETWEEN 1 AND 100)
);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_by_origin ON outbox (origin);
COMMENT ON TABLE outbox IS 'What must be said, written in the transaction that made it true';
COMMENT ON COLUMN outbox.id IS 'Order of writing; not the order of commits';
COMMENT ON COLUMN outbox.lane IS 'Lane of the bus that it is for';
COMMENT ON COLUMN outbox.message_id IS 'AMQP message_id: the same at every publication, so that consumers can count';
COMMENT ON COLUMN outbox.origin IS 'Key of the message that caused it';
COMMENT ON COLUMN outbox.body IS 'The octets to publish';
COMMENT ON COLUMN outbox.created_at IS 'When it became true';
COMMENT ON COLUMN outbox.leased_until IS 'Until when one relay has it to itself';
COMMENT ON COLUMN outbox.published_at IS 'When the broker confirmed it; null: not yet known to be said';
COMMENT ON CONSTRAINT outbox_message_once ON outbox IS 'One identity, one message';
COMMENT ON CONSTRAINT outbox_lane_named ON outbox IS 'Lanes are short strings of the bus';
COMMENT ON INDEX outbox_unpublished IS 'What the relay has to read, and no more';
COMMENT ON INDEX outbox_by_origin IS 'kezek trace';

CREATE TABLE certificate (
    sha256  bytea PRIMARY KEY,
    der     bytea NOT NULL,
    CONSTRAINT certificate_is_what_its_name_says CHECK (sha256 = sha256(der))
);
COMMENT ON TABLE certificate IS 'Certificates that spoke, each stored once, so that a verdict can be computed again';
COMMENT ON COLUMN certificate.sha256 IS 'SHA-256 of the DER';
COMMENT ON COLUMN certificate.der IS 'The certificate';
COMMENT ON CONSTRAINT certificate_is_what_its_name_says ON certificate IS 'Evidence names its parts by digest';

CREATE TABLE journal (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz(3) NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    origin       uuid,
    sender       text COLLATE "C",
    message_key  text COLLATE "C",
    service      text COLLATE "C",
    raw          bytea,
    verdict      jsonb NOT NULL,
    decision     jsonb,
    chain        bytea[] NOT NULL,
    CONSTRAINT journal_kind_known CHECK (kind IN ('ALARM', 'MESSAGE', 'REJECTED'))
);
ALTER TABLE journal ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX journal_origin_once ON journal (origin) WHERE origin IS NOT NULL;
CREATE INDEX journal_by_message ON journal (message_key) WHERE message_key IS NOT NULL;
COMMENT ON TABLE journal IS 'Append-only evidence: message, signature, decision, reason';
COMMENT ON COLUMN journal.id IS 'Order of writing';
COMMENT ON COLUMN journal.at IS 'When it was decided or rejected';
COMMENT ON COLUMN journal.kind IS 'MESSAGE: answered; REJECTED: not believed or no message; ALARM: somebody must look';
COMMENT ON COLUMN journal.origin IS 'Identity on the evidence lane, so that a redelivery writes no second line';
COMMENT ON COLUMN journal.sender IS 'Verified sender, where there is one';
COMMENT ON COLUMN journal.message_key IS 'messageId, or the digest of the Body';
COMMENT ON COLUMN journal.service IS 'Integration service, where it is known';
COMMENT ON COLUMN journal.raw IS 'The message as it arrived, to the byte; stored uncompressed, for it is dense or short';
COMMENT ON COLUMN journal.verdict IS 'What the signature said: algorithms, who spoke, version of the policy';
COMMENT ON COLUMN journal.decision IS 'Inputs, counts, phase and paragraph of the decision; no name, phone or ИИН';
COMMENT ON COLUMN journal.chain IS 'SHA-256 of the certificates, leaf first';
COMMENT ON CONSTRAINT journal_kind_known ON journal IS 'Closed list';
COMMENT ON INDEX journal_origin_once IS 'The evidence lane may deliver twice';
COMMENT ON INDEX journal_by_message IS 'kezek trace';

CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION journal_is_append_only() IS 'Refuses whatever would change evidence';
CREATE TRIGGER journal_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER certificate_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
COMMENT ON TRIGGER journal_keeps_rows ON journal IS 'Evidence is added, never changed';
COMMENT ON TRIGGER certificate_keeps_rows ON certificate IS 'Evidence is added, never changed';
