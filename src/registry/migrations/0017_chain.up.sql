-- Chains: what happens to an application is told to every chain that asked about it.

ALTER TABLE letter ADD COLUMN application bigint REFERENCES application (id);
CREATE INDEX letter_about_application ON letter (application, sender, correlation_id, id)
    WHERE application IS NOT NULL;
CREATE INDEX letter_of_chain ON letter (sender, correlation_id);
COMMENT ON COLUMN letter.application IS 'Our number of the application that it tells of';
COMMENT ON INDEX letter_of_chain IS 'Whether a sender has begun a chain';
COMMENT ON INDEX letter_about_application IS 'The chains that are told of an application';
