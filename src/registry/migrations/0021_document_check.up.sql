-- What officials found of the papers of applications, 004 1_1 p.10, 1_3 p.5.

CREATE TABLE document_check (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application     bigint NOT NULL REFERENCES application (id),
    paper           text COLLATE "C" NOT NULL,
    benefit         text COLLATE "C",
    ground          text COLLATE "C",
    explanation     text,
    official_iin    text COLLATE "C" NOT NULL,
    workplace       text NOT NULL,
    post            text NOT NULL,
    sender          text COLLATE "C" NOT NULL,
    received_at     timestamp(3) with time zone NOT NULL,
    content_digest  bytea NOT NULL,
    CONSTRAINT document_check_paper_known
        CHECK (paper IN ('BIRTH_CERTIFICATE', 'DOCTOR_REFERRAL', 'WORK_CERTIFICATE')),
    CONSTRAINT document_check_benefit_by_a_certificate
        CHECK ((paper = 'WORK_CERTIFICATE') = (benefit IS NOT NULL)),
    CONSTRAINT document_check_ground_known
        CHECK (ground IN ('ANOTHER_PERSON', 'DIFFERS_FROM_ORIGINAL', 'GIVES_NO_RIGHT', 'NOT_CERTIFIED',
                          'NOT_LEGIBLE', 'ORIGINAL_NOT_SHOWN', 'OUT_OF_DATE')),
    CONSTRAINT document_check_explains_a_refusal CHECK (explanation IS NULL OR ground IS NOT NULL),
    CONSTRAINT document_check_official_named
        CHECK (official_iin ~ '^[0-9]{12}$' AND length(workplace) BETWEEN 1 AND 300
           AND length(post) BETWEEN 1 AND 300 AND length(explanation) BETWEEN 1 AND 300),
    CONSTRAINT document_check_has_its_message CHECK (length(content_digest) = 32)
);
CREATE INDEX document_check_of_application ON document_check (application, id);
COMMENT ON TABLE document_check IS 'Проверенные документы, 004 1_1 p.10, 1_3 p.5, 1_9 p.10; never undone: «Отмена … не предусматривается»';
COMMENT ON COLUMN document_check.id IS 'Our number of the finding';
COMMENT ON COLUMN document_check.application IS 'Which application, 004 1_1 p.10(2)';
COMMENT ON COLUMN document_check.paper IS 'Проверенный документ, 004 1_1 p.10(9)';
COMMENT ON COLUMN document_check.benefit IS 'Code of the benefit that was to be shown, where it is a certificate from work, 004 1_9 p.6';
COMMENT ON COLUMN document_check.ground IS 'Why it shows nothing, 004 1_1 p.10(11); null: it was confirmed, p.10(10)';
COMMENT ON COLUMN document_check.explanation IS 'The same in the words of the official, 004 1_1 p.10(11)';
COMMENT ON COLUMN document_check.official_iin IS 'ИИН уполномоченного сотрудника, 004 1_1 p.10(7)';
COMMENT ON COLUMN document_check.workplace IS 'Место работы, 004 1_1 p.10(8)';
COMMENT ON COLUMN document_check.post IS 'Должность, 004 1_1 p.10(8)';
COMMENT ON COLUMN document_check.sender IS 'Who sent it';
COMMENT ON COLUMN document_check.received_at IS 'When it reached us';
COMMENT ON COLUMN document_check.content_digest IS 'SHA-256 of the message that says it: its line in the journal is the evidence';
COMMENT ON CONSTRAINT document_check_paper_known ON document_check IS '004 1_1 p.4, p.8; 1_9 p.6';
COMMENT ON CONSTRAINT document_check_benefit_by_a_certificate ON document_check IS '004 1_9 p.6';
COMMENT ON CONSTRAINT document_check_ground_known ON document_check IS 'Closed list, 004 1_1 p.10(11)';
COMMENT ON CONSTRAINT document_check_explains_a_refusal ON document_check IS '004 1_1 p.10(11) «мотивированный отказ (при наличии)»';
COMMENT ON CONSTRAINT document_check_official_named ON document_check IS '004 1_1 p.10(7), p.10(8)';
COMMENT ON CONSTRAINT document_check_has_its_message ON document_check IS 'No finding without evidence';
COMMENT ON INDEX document_check_of_application IS 'What was found of an application, in order';
