-- Consents that were changed after filing, 004 pt.12, pt.14, pt.35(3): each with the message that says so.

CREATE TABLE consent_change (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    application     bigint NOT NULL REFERENCES application (id),
    what            text COLLATE "C" NOT NULL,
    sender          text COLLATE "C" NOT NULL,
    content_digest  bytea NOT NULL,
    CONSTRAINT consent_change_known
        CHECK (what IN ('PROCESSING_WITHDRAWN', 'PUBLICATION_GIVEN', 'PUBLICATION_WITHDRAWN')),
    CONSTRAINT consent_change_has_its_message CHECK (length(content_digest) = 32)
);
CREATE INDEX consent_change_of_application ON consent_change (application, id);
CREATE FUNCTION consent_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of consents is append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER consent_change_keeps_rows
    BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_change
    FOR EACH STATEMENT EXECUTE FUNCTION consent_change_is_append_only();
COMMENT ON FUNCTION consent_change_is_append_only() IS 'Refuses whatever would change what a family said';
COMMENT ON TRIGGER consent_change_keeps_rows ON consent_change IS 'A consent is proven by what was said, 004 pt.12';
COMMENT ON TABLE consent_change IS 'Consents given or withdrawn after filing, 004 pt.12, pt.35(3); what was said at filing stands in the application';
COMMENT ON COLUMN consent_change.id IS 'The order in which they were said';
COMMENT ON COLUMN consent_change.at IS 'When, by the clock of the register';
COMMENT ON COLUMN consent_change.application IS 'To what it was given';
COMMENT ON COLUMN consent_change.what IS 'What was given or withdrawn';
COMMENT ON COLUMN consent_change.sender IS 'Who vouches for the family';
COMMENT ON COLUMN consent_change.content_digest IS 'SHA-256 of the message that says it: its line in the journal is the evidence';
COMMENT ON CONSTRAINT consent_change_known ON consent_change IS '004 pt.12, pt.14, pt.35(3)';
COMMENT ON CONSTRAINT consent_change_has_its_message ON consent_change IS 'No consent without evidence';
COMMENT ON INDEX consent_change_of_application IS 'What a family said, in its order';
