-- Scans of papers that no register can vouch for, 004 1_1 and 1_9 («скан-копия»). Their octets lie in
-- the store of scans under the name that stands here.

CREATE TABLE scan (
    application  bigint NOT NULL REFERENCES application (id),
    paper        text COLLATE "C" NOT NULL,
    media        text COLLATE "C" NOT NULL,
    content      bytea NOT NULL,
    kept_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT scan_is_noted_once PRIMARY KEY (application, paper, content),
    CONSTRAINT scan_paper_known
        CHECK (paper IN ('BIRTH_CERTIFICATE', 'DOCTOR_REFERRAL', 'IDENTITY_DOCUMENT',
                         'SPECIAL_NEEDS_CONCLUSION', 'WORK_CERTIFICATE')),
    CONSTRAINT scan_media_known
        CHECK (media IN ('application/pdf', 'image/jpeg', 'image/png')),
    CONSTRAINT scan_content_is_a_digest CHECK (length(content) = 32)
);
COMMENT ON TABLE scan IS 'Scans that came with an application, 004 1_1 p.4, 1_9';
COMMENT ON COLUMN scan.application IS 'Whose papers they are';
COMMENT ON COLUMN scan.paper IS 'What paper it is';
COMMENT ON COLUMN scan.media IS 'What its octets are, by their beginning';
COMMENT ON COLUMN scan.content IS 'SHA-256, the name of the octets in the store of scans';
COMMENT ON COLUMN scan.kept_at IS 'When the application was kept';
COMMENT ON CONSTRAINT scan_is_noted_once ON scan IS 'A page that is sent twice counts once';
COMMENT ON CONSTRAINT scan_paper_known ON scan IS '004 1_1 p.4, p.8; 1_9 p.2, p.4, p.6; pt.21';
COMMENT ON CONSTRAINT scan_media_known ON scan IS 'What officials can look at';
COMMENT ON CONSTRAINT scan_content_is_a_digest ON scan IS 'A name of another length would find nothing';
