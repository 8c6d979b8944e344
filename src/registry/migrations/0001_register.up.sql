-- What the law is about: preschools, applications, their places in queues, offers.
-- Codes compare by bytes (COLLATE "C"): they are not words.

CREATE TABLE preschool (
    id             text COLLATE "C" PRIMARY KEY,
    settlement     text COLLATE "C" NOT NULL,
    kind           text COLLATE "C" NOT NULL,
    status         text COLLATE "C" NOT NULL,
    name_kk        text NOT NULL,
    name_ru        text NOT NULL,
    short_name_kk  text NOT NULL,
    short_name_ru  text NOT NULL,
    CONSTRAINT preschool_id_of_its_settlement
        CHECK (id ~ '^[0-9]{9}-[0-9]{4}$' AND left(id, 9) = settlement),
    CONSTRAINT preschool_kind_known CHECK (kind IN ('GENERAL', 'SANATORIUM', 'SPECIAL')),
    CONSTRAINT preschool_status_known CHECK (status IN ('ACTIVE', 'CLOSED')),
    CONSTRAINT preschool_names_given
        CHECK (length(name_kk) BETWEEN 1 AND 300 AND length(name_ru) BETWEEN 1 AND 300),
    CONSTRAINT preschool_short_names_fit_a_message
        CHECK (length(short_name_kk) BETWEEN 1 AND 20 AND length(short_name_ru) BETWEEN 1 AND 20)
);
COMMENT ON TABLE preschool IS 'Дошкольная организация, 004 pt.2';
COMMENT ON COLUMN preschool.id IS 'Code of the settlement, a hyphen, four digits';
COMMENT ON COLUMN preschool.settlement IS 'Населённый пункт by КАТО, 004 1_1 p.4(4)';
COMMENT ON COLUMN preschool.kind IS 'Kind of the preschool, and so of its queues, 004 pt.16';
COMMENT ON COLUMN preschool.status IS 'Whether it takes children at all';
COMMENT ON COLUMN preschool.name_kk IS 'Full name in Kazakh, as the queue is named, 004 1_4 p.3(7)';
COMMENT ON COLUMN preschool.name_ru IS 'Full name in Russian, as the queue is named, 004 1_4 p.3(7)';
COMMENT ON COLUMN preschool.short_name_kk IS 'Short name in Kazakh for an SMS of 70 characters, 004 pt.42';
COMMENT ON COLUMN preschool.short_name_ru IS 'Short name in Russian for an SMS of 70 characters, 004 pt.42';
COMMENT ON CONSTRAINT preschool_id_of_its_settlement ON preschool IS 'One settlement per application can be checked without a register, 004 pt.16';
COMMENT ON CONSTRAINT preschool_kind_known ON preschool IS '004 pt.16';
COMMENT ON CONSTRAINT preschool_status_known ON preschool IS 'A closed preschool keeps its history';
COMMENT ON CONSTRAINT preschool_names_given ON preschool IS 'Both languages are always said, 004 pt.42';
COMMENT ON CONSTRAINT preschool_short_names_fit_a_message ON preschool IS 'Both languages are always said, 004 pt.42';

CREATE TABLE application (
    id                        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender                    text COLLATE "C" NOT NULL,
    application_id            text COLLATE "C" NOT NULL,
    kind                      text COLLATE "C" NOT NULL,
    settlement                text COLLATE "C" NOT NULL,
    state                     text COLLATE "C" NOT NULL,
    tier                      text COLLATE "C" NOT NULL,
    birth_year                smallint NOT NULL,
    stated_at                 timestamptz(3) NOT NULL,
    received_at               timestamptz(3) NOT NULL,
    filed_at                  timestamptz(3) NOT NULL,
    filed_at_source           text COLLATE "C" NOT NULL,
    valid_until               date NOT NULL,
    closed_at                 timestamptz(3),
    closed_because            text COLLATE "C",
    rule_set                  text COLLATE "C" NOT NULL,
    content_digest            bytea NOT NULL,
    applicant_iin             text COLLATE "C" NOT NULL,
    applicant_surname         text NOT NULL,
    applicant_given           text NOT NULL,
    applicant_patronymic      text,
    applicant_type            text COLLATE "C" NOT NULL,
    phone                     text COLLATE "C" NOT NULL,
    phone2                    text COLLATE "C",
    phone3                    text COLLATE "C",
    email                     text,
    child_iin                 text COLLATE "C" NOT NULL,
    child_surname             text NOT NULL,
    child_given               text NOT NULL,
    child_patronymic          text,
    child_birth_date          date NOT NULL,
    child_sex                 text COLLATE "C" NOT NULL,
    child_citizenship         text COLLATE "C" NOT NULL,
    child_nationality         text,
    benefit                   text COLLATE "C",
    language                  text COLLATE "C" NOT NULL,
    language_only             boolean NOT NULL,
    processing_consent_at     timestamptz(3) NOT NULL,
    publication_consent_at    timestamptz(3),
    CONSTRAINT application_once_per_sender UNIQUE (sender, application_id),
    CONSTRAINT application_id_readable
        CHECK (application_id ~ '^[A-Za-z0-9._:/-]{1,64}$' AND length(sender) BETWEEN 1 AND 255),
    CONSTRAINT application_kind_known CHECK (kind IN ('GENERAL', 'SANATORIUM', 'SPECIAL')),
    CONSTRAINT application_settlement_shape CHECK (settlement ~ '^[0-9]{9}$'),
    CONSTRAINT application_state_known
        CHECK (state IN ('BENEFIT_CHECK', 'CLOSED', 'IDENTITY_CHECK', 'WAITING')),
    CONSTRAINT application_tier_known CHECK (tier IN ('GENERAL', 'OUT_OF_TURN', 'PRIORITY')),
    CONSTRAINT application_birth_year_of_the_child
        CHECK (birth_year = date_part('year', child_birth_date)),
    CONSTRAINT application_time_that_counts
        CHECK ((filed_at_source = 'STATED' AND filed_at = stated_at)
            OR (filed_at_source = 'RECEIVED' AND filed_at = received_at)),
    CONSTRAINT application_closed_with_a_reason
        CHECK ((state = 'CLOSED') = (closed_at IS NOT NULL)
           AND (state = 'CLOSED') = (closed_because IS NOT NULL)),
    CONSTRAINT application_digest_is_sha256 CHECK (length(content_digest) = 32),
    CONSTRAINT application_numbers_of_persons
        CHECK (applicant_iin ~ '^[0-9]{12}$' AND child_iin ~ '^[0-9]{12}$'
           AND applicant_iin <> child_iin),
    CONSTRAINT application_applicant_type_known
        CHECK (applicant_type IN ('FOSTER_CARER', 'GUARDIAN', 'PARENT', 'TRUSTEE')),
    CONSTRAINT application_phones_shape
        CHECK (phone ~ '^\+7[0-9]{10}$' AND phone2 ~ '^\+7[0-9]{10}$'
           AND phone3 ~ '^\+7[0-9]{10}$'),
    CONSTRAINT application_sex_known CHECK (child_sex IN ('F', 'M')),
    CONSTRAINT application_citizenship_shape CHECK (child_citizenship ~ '^[A-Z]{3}$'),
    CONSTRAINT application_names_given
        CHECK (length(applicant_surname) BETWEEN 1 AND 100
           AND length(applicant_given) BETWEEN 1 AND 100
           AND length(applicant_patronymic) BETWEEN 1 AND 100
           AND length(child_surname) BETWEEN 1 AND 100
           AND length(child_given) BETWEEN 1 AND 100
           AND length(child_patronymic) BETWEEN 1 AND 100
           AND length(child_nationality) BETWEEN 1 AND 100),
    CONSTRAINT application_language_known
        CHECK (language IN ('en', 'kk', 'ru', 'tg', 'ug', 'uz'))
);
CREATE UNIQUE INDEX application_one_active_per_child
    ON application (child_iin, kind) WHERE state <> 'CLOSED';
COMMENT ON TABLE application IS 'Заявление о постановке на очередь, 004 1_1 p.4';
COMMENT ON COLUMN application.id IS 'Our number of the application (applicationNumber); also the sequence that breaks ties of time, D-35';
COMMENT ON COLUMN application.sender IS 'Verified sender, as the certificate and the directory of participants name it';
COMMENT ON COLUMN application.application_id IS 'Number that the sender gave, 004 1_1 p.4(1)';
COMMENT ON COLUMN application.kind IS 'Kind of the queue, 004 1_1 p.4(3), pt.16';
COMMENT ON COLUMN application.settlement IS 'Населённый пункт by КАТО, 004 1_1 p.4(4)';
COMMENT ON COLUMN application.state IS 'Where the application stands; on a check it keeps its time, 004 pt.23, D-25, D-37';
COMMENT ON COLUMN application.tier IS 'Внеочередная, первоочередная or общая, 004 pt.17, pt.18';
COMMENT ON COLUMN application.birth_year IS 'Year of birth, part of the key of a general queue, 004 pt.16';
COMMENT ON COLUMN application.stated_at IS 'Date and time of filing as the sender signed it, 004 1_1 p.4(2)';
COMMENT ON COLUMN application.received_at IS 'Date and time of our reception, D-35';
COMMENT ON COLUMN application.filed_at IS 'The time that counts in the queue, to the millisecond, 004 pt.17, D-35';
COMMENT ON COLUMN application.filed_at_source IS 'Which of the two times counts, D-35';
COMMENT ON COLUMN application.valid_until IS 'Last day of validity, 004 pt.19, 1_2';
COMMENT ON COLUMN application.closed_at IS 'When it left the queues';
COMMENT ON COLUMN application.closed_because IS 'Reason code with which it left the queues, 004 pt.22';
COMMENT ON COLUMN application.rule_set IS 'Rule set by which it was registered, D-00';
COMMENT ON COLUMN application.content_digest IS 'SHA-256 of the signed application, to tell a repeat from another text';
COMMENT ON COLUMN application.applicant_iin IS 'ИИН of the applicant, 004 1_1 p.4(5)';
COMMENT ON COLUMN application.applicant_surname IS 'Surname of the applicant, 004 1_1 p.4(6)';
COMMENT ON COLUMN application.applicant_given IS 'Given name of the applicant, 004 1_1 p.4(6)';
COMMENT ON COLUMN application.applicant_patronymic IS 'Patronymic of the applicant, 004 1_1 p.4(6)';
COMMENT ON COLUMN application.applicant_type IS 'Parent, guardian, trustee or foster carer, 004 1_1 p.4(7)';
COMMENT ON COLUMN application.phone IS 'First phone, to which an SMS goes, 004 1_1 p.4(8), pt.42';
COMMENT ON COLUMN application.phone2 IS 'Second phone, 004 1_1 p.4(9)';
COMMENT ON COLUMN application.phone3 IS 'Third phone, 004 1_1 p.4(10)';
COMMENT ON COLUMN application.email IS 'E-mail address, 004 1_1 p.4(11)';
COMMENT ON COLUMN application.child_iin IS 'ИИН of the child, 004 1_1 p.4(12)';
COMMENT ON COLUMN application.child_surname IS 'Surname of the child, 004 1_1 p.4(13)';
COMMENT ON COLUMN application.child_given IS 'Given name of the child, 004 1_1 p.4(13)';
COMMENT ON COLUMN application.child_patronymic IS 'Patronymic of the child, 004 1_1 p.4(13)';
COMMENT ON COLUMN application.child_birth_date IS 'Birth date, 004 1_1 p.4(16)';
COMMENT ON COLUMN application.child_sex IS 'Sex, 004 1_1 p.4(17)';
COMMENT ON COLUMN application.child_citizenship IS 'Citizenship, ISO 3166-1 alpha-3, 004 1_1 p.4(18)';
COMMENT ON COLUMN application.child_nationality IS 'Nationality, 004 pt.14';
COMMENT ON COLUMN application.benefit IS 'Code of the benefit that was claimed, 004 1_1 p.4(14), p.4(15), 1_9';
COMMENT ON COLUMN application.language IS 'Language of the group that the family wishes, 004 1_1 p.4(19)';
COMMENT ON COLUMN application.language_only IS 'Is the wish hard, so that other groups are out of question, D-13';
COMMENT ON COLUMN application.processing_consent_at IS 'Consent to the processing of personal data, when it reached us, 004 1_1 p.4(21)';
COMMENT ON COLUMN application.publication_consent_at IS 'Consent to publication, when it reached us; null: not given, 004 pt.14';
COMMENT ON CONSTRAINT application_once_per_sender ON application IS 'The same number from the same sender is the same application, 004 1_1 p.4(1)';
COMMENT ON CONSTRAINT application_id_readable ON application IS '004 1_1 p.4(1)';
COMMENT ON CONSTRAINT application_kind_known ON application IS '004 pt.16';
COMMENT ON CONSTRAINT application_settlement_shape ON application IS '004 1_1 p.4(4)';
COMMENT ON CONSTRAINT application_state_known ON application IS '004 pt.19, pt.22, pt.23';
COMMENT ON CONSTRAINT application_tier_known ON application IS '004 pt.17';
COMMENT ON CONSTRAINT application_birth_year_of_the_child ON application IS '004 pt.16 «год рождения»';
COMMENT ON CONSTRAINT application_time_that_counts ON application IS 'No third time can be taken, 004 pt.17, D-35';
COMMENT ON CONSTRAINT application_closed_with_a_reason ON application IS 'Nobody leaves a queue without a moment and a reason, 004 pt.22';
COMMENT ON CONSTRAINT application_digest_is_sha256 ON application IS 'A digest of another length is none';
COMMENT ON CONSTRAINT application_numbers_of_persons ON application IS '004 1_1 p.4(5), p.4(12)';
COMMENT ON CONSTRAINT application_applicant_type_known ON application IS '004 1_1 p.4(7)';
COMMENT ON CONSTRAINT application_phones_shape ON application IS '004 1_1 p.4(8) to (10)';
COMMENT ON CONSTRAINT application_sex_known ON application IS '004 1_1 p.4(17)';
COMMENT ON CONSTRAINT application_citizenship_shape ON application IS '004 1_1 p.4(18)';
COMMENT ON CONSTRAINT application_names_given ON application IS '004 1_1 p.4(6), p.4(13)';
COMMENT ON CONSTRAINT application_language_known ON application IS '004 1_1 p.4(19)';
COMMENT ON INDEX application_one_active_per_child IS 'One active application per child and kind in the whole republic, 004 pt.20';

CREATE TABLE entry (
    application  bigint NOT NULL REFERENCES application (id),
    preschool    text COLLATE "C" NOT NULL REFERENCES preschool (id),
    kind         text COLLATE "C" NOT NULL,
    birth_year   smallint NOT NULL,
    tier         text COLLATE "C" NOT NULL,
    filed_at     timestamptz(3) NOT NULL,
    sequence     bigint NOT NULL,
    position     smallint NOT NULL,
    preference   smallint,
    state        text COLLATE "C" NOT NULL,
    held_by      text COLLATE "C",
    PRIMARY KEY (application, preschool),
    CONSTRAINT entry_position_once UNIQUE (application, position),
    CONSTRAINT entry_choices_four CHECK (position BETWEEN 1 AND 4),
    CONSTRAINT entry_preference_among_choices CHECK (preference BETWEEN 1 AND 4),
    CONSTRAINT entry_kind_known CHECK (kind IN ('GENERAL', 'SANATORIUM', 'SPECIAL')),
    CONSTRAINT entry_tier_known CHECK (tier IN ('GENERAL', 'OUT_OF_TURN', 'PRIORITY')),
    CONSTRAINT entry_state_known CHECK (state IN ('LEFT', 'OFFERED', 'PARKED', 'WAITING')),
    CONSTRAINT entry_held_by_known CHECK (held_by IN ('IDENTITY', 'OFFER', 'PAUSE'))
);
CREATE INDEX entry_general_queue
    ON entry (preschool, birth_year, tier, filed_at, sequence) INCLUDE (held_by)
    WHERE kind = 'GENERAL' AND state = 'WAITING';
-- Counting reads the index alone where the visibility map is fresh; a queue grows by inserts.
ALTER TABLE entry SET (autovacuum_vacuum_insert_scale_factor = 0.01);
COMMENT ON TABLE entry IS 'Заявление в очереди одной ДО: the rank belongs to it, 004 pt.16, D-10';
COMMENT ON COLUMN entry.application IS 'The application that chose this preschool';
COMMENT ON COLUMN entry.preschool IS 'The preschool chosen, 004 1_1 p.4(20)';
COMMENT ON COLUMN entry.kind IS 'Kind of the queue, 004 pt.16';
COMMENT ON COLUMN entry.birth_year IS 'Year of birth; with the preschool the key of a general queue, 004 pt.16';
COMMENT ON COLUMN entry.tier IS 'Tier in which it is counted, 004 pt.17; on the check of a benefit the general one, D-37';
COMMENT ON COLUMN entry.filed_at IS 'Time that counts, to the millisecond, 004 pt.17; D-16 lets a re-added choice have its own';
COMMENT ON COLUMN entry.sequence IS 'Breaks ties of one millisecond, D-35: the number of the application';
COMMENT ON COLUMN entry.position IS 'Place among the choices in the order sent, 004 1_1 p.4(20)';
COMMENT ON COLUMN entry.preference IS 'Wish of the family among its choices, if named, D-17';
COMMENT ON COLUMN entry.state IS 'WAITING and OFFERED are counted; PARKED and LEFT are not, D-18, D-37';
COMMENT ON COLUMN entry.held_by IS 'Why it is counted but cannot be offered a seat now; null: it can, D-25, D-37, D-61';
COMMENT ON CONSTRAINT entry_position_once ON entry IS '004 1_1 p.4(20)';
COMMENT ON CONSTRAINT entry_choices_four ON entry IS 'At most four preschools, 004 pt.20';
COMMENT ON CONSTRAINT entry_preference_among_choices ON entry IS 'D-17';
COMMENT ON CONSTRAINT entry_kind_known ON entry IS '004 pt.16';
COMMENT ON CONSTRAINT entry_tier_known ON entry IS '004 pt.17';
COMMENT ON CONSTRAINT entry_state_known ON entry IS 'D-18, D-37';
COMMENT ON CONSTRAINT entry_held_by_known ON entry IS 'D-25, D-37, D-61';
COMMENT ON INDEX entry_general_queue IS 'The general queue in its legal order inside each tier, 004 pt.16, pt.17; numbers are counted from it alone';

CREATE TABLE offer (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application  bigint NOT NULL,
    preschool    text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    birth_year   smallint NOT NULL,
    tier         text COLLATE "C" NOT NULL,
    made_at      timestamptz(3) NOT NULL,
    sequence     bigint NOT NULL,
    state        text COLLATE "C" NOT NULL,
    FOREIGN KEY (application, preschool) REFERENCES entry (application, preschool),
    CONSTRAINT offer_order_once UNIQUE (preschool, birth_year, kind, sequence),
    CONSTRAINT offer_kind_known CHECK (kind IN ('GENERAL', 'SANATORIUM', 'SPECIAL')),
    CONSTRAINT offer_tier_known CHECK (tier IN ('GENERAL', 'OUT_OF_TURN', 'PRIORITY')),
    CONSTRAINT offer_state_known
        CHECK (state IN ('ACCEPTED', 'LAPSED', 'PENDING', 'RECALLED', 'REFUSED', 'SUPERSEDED'))
);
CREATE INDEX offer_that_counts
    ON offer (preschool, birth_year, kind, made_at, sequence) INCLUDE (tier, state)
    WHERE state IN ('ACCEPTED', 'PENDING');
CREATE UNIQUE INDEX offer_one_pending_per_application
    ON offer (application) WHERE state = 'PENDING';
COMMENT ON TABLE offer IS 'Уведомление о блокировке места: the phase of a queue is a fold over those that count, 004 pt.17, D-32';
COMMENT ON COLUMN offer.id IS 'Our number of the offer';
COMMENT ON COLUMN offer.application IS 'To whose application it was made';
COMMENT ON COLUMN offer.preschool IS 'Whose seat it is';
COMMENT ON COLUMN offer.kind IS 'Kind of the queue that gave it, 004 pt.16';
COMMENT ON COLUMN offer.birth_year IS 'Birth year of the queue that gave it, 004 pt.16';
COMMENT ON COLUMN offer.tier IS 'Tier in which the family stood when it was made, D-32';
COMMENT ON COLUMN offer.made_at IS 'When it was made; the order of the fold, D-33';
COMMENT ON COLUMN offer.sequence IS 'Order among those of one millisecond, D-33';
COMMENT ON COLUMN offer.state IS 'PENDING and ACCEPTED count; a failed one drops out of the fold, D-33';
COMMENT ON CONSTRAINT offer_order_once ON offer IS 'The fold has one order, D-33';
COMMENT ON CONSTRAINT offer_kind_known ON offer IS '004 pt.16';
COMMENT ON CONSTRAINT offer_tier_known ON offer IS '004 pt.17';
COMMENT ON CONSTRAINT offer_state_known ON offer IS 'D-33';
COMMENT ON INDEX offer_that_counts IS 'The fold of D-32 over the offers of D-33, read in order';
COMMENT ON INDEX offer_one_pending_per_application IS 'At most one offer per application at a time, D-40';
