-- Papers of a seat: referrals, enrolment applications, contracts. The life of a seat writes them.

CREATE TABLE referral (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application         bigint NOT NULL REFERENCES application (id),
    preschool           text COLLATE "C" NOT NULL REFERENCES preschool (id),
    state               text COLLATE "C" NOT NULL,
    kind                text COLLATE "C" NOT NULL,
    issued_at           timestamptz(3) NOT NULL,
    valid_until         timestamptz(3) NOT NULL,
    benefit_to_confirm  boolean NOT NULL,
    age_category        text COLLATE "C" NOT NULL,
    language            text COLLATE "C" NOT NULL,
    representative_iin  text COLLATE "C" NOT NULL,
    child_iin           text COLLATE "C" NOT NULL,
    CONSTRAINT referral_state_known
        CHECK (state IN ('GRANTED', 'VERIFYING', 'STAFF_LATE', 'VALID', 'VALID_EXTENDED',
                         'REFUSING_UNVERIFIED', 'REFUSING_STAFF_LATE', 'REFUSING',
                         'REFUSING_EXTENDED', 'USED', 'ANNULLED_BY_TERM', 'ANNULLED_BY_BENEFIT',
                         'CANCELLED', 'RECALLED', 'ENDED')),
    CONSTRAINT referral_kind_known CHECK (kind IN ('LASTING', 'TEMPORARY')),
    CONSTRAINT referral_term_after_issue CHECK (valid_until > issued_at),
    CONSTRAINT referral_codes_shape
        CHECK (age_category ~ '^[A-Za-z0-9_]{1,40}$' AND language ~ '^[A-Za-z0-9_]{1,40}$'),
    CONSTRAINT referral_numbers_of_persons
        CHECK (representative_iin ~ '^[0-9]{12}$' AND child_iin ~ '^[0-9]{12}$'
           AND representative_iin <> child_iin)
);
CREATE UNIQUE INDEX referral_one_active_per_application ON referral (application, kind)
    WHERE state NOT IN ('USED', 'ANNULLED_BY_TERM', 'ANNULLED_BY_BENEFIT', 'CANCELLED', 'RECALLED',
                        'ENDED');
CREATE INDEX referral_of_application ON referral (application);
CREATE INDEX referral_of_child ON referral (child_iin);
COMMENT ON TABLE referral IS 'Реестр направлений, 004 pt.8(4), 1_6 p.3';
COMMENT ON COLUMN referral.id IS 'Номер направления, 004 1_6 p.3(1)';
COMMENT ON COLUMN referral.application IS 'The application by which it was issued, 004 1_6 st.1';
COMMENT ON COLUMN referral.preschool IS 'ДО, 004 1_6 p.3(6), p.3(7)';
COMMENT ON COLUMN referral.state IS 'Where it stands in its life cycle, 004 pt.28 to pt.30';
COMMENT ON COLUMN referral.kind IS 'Вид направления, 004 1_6 p.3(4); TEMPORARY: while the child whose place it is is away, pt.32, D-48';
COMMENT ON COLUMN referral.issued_at IS 'Дата и время формирования, 004 1_6 p.3(2)';
COMMENT ON COLUMN referral.valid_until IS 'Срок действия, its last moment, 004 1_6 p.3(3), pt.28';
COMMENT ON COLUMN referral.benefit_to_confirm IS 'Необходимость подтверждения льготы, 004 1_6 p.3(5), pt.29';
COMMENT ON COLUMN referral.age_category IS 'Возрастная категория, 004 1_6 p.3(8)';
COMMENT ON COLUMN referral.language IS 'Язык обучения, 004 1_6 p.3(9)';
COMMENT ON COLUMN referral.representative_iin IS 'ИИН законного представителя, 004 1_6 p.3(10)';
COMMENT ON COLUMN referral.child_iin IS 'ИИН ребёнка, 004 1_6 p.3(11)';
COMMENT ON CONSTRAINT referral_state_known ON referral IS 'The states of the life cycle';
COMMENT ON CONSTRAINT referral_kind_known ON referral IS '004 pt.39(14), D-48';
COMMENT ON CONSTRAINT referral_term_after_issue ON referral IS '004 pt.28';
COMMENT ON CONSTRAINT referral_codes_shape ON referral IS 'Codes of the lists';
COMMENT ON CONSTRAINT referral_numbers_of_persons ON referral IS '004 1_6 p.3(10), p.3(11)';
COMMENT ON INDEX referral_one_active_per_application IS 'No second active referral by one application, 004 1_6 st.2; one for a time stands beside a lasting one, D-48';
COMMENT ON INDEX referral_of_application IS 'What an application brought';
COMMENT ON INDEX referral_of_child IS 'What a child was given, 004 1_10 No. 5';

CREATE TABLE enrolment (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    referral       bigint NOT NULL,
    state          text COLLATE "C" NOT NULL,
    formed_at      timestamptz(3) NOT NULL,
    registered_at  timestamptz(3),
    valid_until    timestamptz(3),
    CONSTRAINT enrolment_referral_fkey FOREIGN KEY (referral) REFERENCES referral (id),
    CONSTRAINT enrolment_once_per_referral UNIQUE (referral),
    CONSTRAINT enrolment_state_known
        CHECK (state IN ('EXPECTED', 'DRAFT', 'REGISTERED', 'DISPUTED', 'UNDER_REVIEW', 'REFUSING',
                         'REFUSING_DISPUTED', 'REFUSING_UNDER_REVIEW', 'REFUSING_SIGNED', 'SIGNED',
                         'ENROLLED', 'LAPSED', 'REFUSED', 'REFUSED_BY_PRESCHOOL', 'RECALLED',
                         'ENDED')),
    CONSTRAINT enrolment_term_from_registration
        CHECK ((registered_at IS NULL) = (valid_until IS NULL)
           AND registered_at >= formed_at AND valid_until > registered_at)
);
COMMENT ON TABLE enrolment IS 'Заявления на зачисление, 004 pt.2(12), pt.8(5), 1_7';
COMMENT ON COLUMN enrolment.id IS 'Number of the enrolment application';
COMMENT ON COLUMN enrolment.referral IS 'The referral from which it was formed: place, representative, child, 004 1_7 st.1';
COMMENT ON COLUMN enrolment.state IS 'Where it stands in its life cycle, 004 pt.30';
COMMENT ON COLUMN enrolment.formed_at IS 'When it was formed from the consent, 004 1_7 st.1';
COMMENT ON COLUMN enrolment.registered_at IS 'When it was registered, by which the referral went into the archive, 004 pt.30; null: the family has not come, D-71';
COMMENT ON COLUMN enrolment.valid_until IS 'The last moment to conclude the contract, 004 pt.30';
COMMENT ON CONSTRAINT enrolment_referral_fkey ON enrolment IS '004 pt.30 «Основанием для зачисления»';
COMMENT ON CONSTRAINT enrolment_once_per_referral ON enrolment IS 'Its registration uses the referral up, 004 pt.30';
COMMENT ON CONSTRAINT enrolment_state_known ON enrolment IS 'The states of the life cycle';
COMMENT ON CONSTRAINT enrolment_term_from_registration ON enrolment IS '004 pt.30 «Срок действия заявления на зачисление», D-71';

CREATE TABLE contract (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    enrolment     bigint NOT NULL,
    own_number    text NOT NULL,
    state         text COLLATE "C" NOT NULL,
    form          text COLLATE "C" NOT NULL,
    concluded_on  date,
    owner_iin     text COLLATE "C" NOT NULL,
    CONSTRAINT contract_enrolment_fkey FOREIGN KEY (enrolment) REFERENCES enrolment (id),
    CONSTRAINT contract_once_per_enrolment UNIQUE (enrolment),
    CONSTRAINT contract_own_number_given CHECK (length(own_number) BETWEEN 1 AND 64),
    CONSTRAINT contract_state_known
        CHECK (state IN ('PREPARED', 'SIGNED_BY_FAMILY', 'SIGNED_BY_PRESCHOOL', 'IN_FORCE',
                         'DISSOLVED', 'ABANDONED')),
    CONSTRAINT contract_form_known CHECK (form IN ('ELECTRONIC', 'PAPER')),
    CONSTRAINT contract_concluded_by_both
        CHECK (concluded_on IS NOT NULL OR state NOT IN ('IN_FORCE', 'DISSOLVED')),
    CONSTRAINT contract_owner_is_a_person CHECK (owner_iin ~ '^[0-9]{12}$')
);
COMMENT ON TABLE contract IS 'Договоры образовательных услуг, 004 pt.2(18), pt.30';
COMMENT ON COLUMN contract.id IS 'Number in this register';
COMMENT ON COLUMN contract.enrolment IS 'The enrolment application within whose term it is concluded, 004 pt.30';
COMMENT ON COLUMN contract.own_number IS 'Number that the preschool gave it';
COMMENT ON COLUMN contract.state IS 'Where it stands in its life cycle, 004 pt.30, pt.31';
COMMENT ON COLUMN contract.form IS 'On paper or electronic, 004 pt.30, D-83';
COMMENT ON COLUMN contract.concluded_on IS 'The day on which the second of the two signed, 004 pt.30';
COMMENT ON COLUMN contract.owner_iin IS 'ИИН of the representative who concluded it, 004 pt.31, D-27';
COMMENT ON CONSTRAINT contract_enrolment_fkey ON contract IS '004 pt.30 «В этот период … заключают договор»';
COMMENT ON CONSTRAINT contract_once_per_enrolment ON contract IS '004 pt.30';
COMMENT ON CONSTRAINT contract_own_number_given ON contract IS 'A contract without a number is found by nobody';
COMMENT ON CONSTRAINT contract_state_known ON contract IS 'The states of the life cycle, but for the one in which there is none';
COMMENT ON CONSTRAINT contract_form_known ON contract IS '004 pt.30, D-83';
COMMENT ON CONSTRAINT contract_concluded_by_both ON contract IS '004 pt.30';
COMMENT ON CONSTRAINT contract_owner_is_a_person ON contract IS '004 pt.31';
