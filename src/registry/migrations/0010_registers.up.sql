-- Registers that an administrator loads: settlements, code lists, requisites of preschools.

CREATE TABLE settlement (
    code     text COLLATE "C" PRIMARY KEY,
    name_kk  text NOT NULL,
    name_ru  text NOT NULL,
    status   text COLLATE "C" NOT NULL,
    CONSTRAINT settlement_code_shape CHECK (code ~ '^[0-9]{9}$'),
    CONSTRAINT settlement_names_given
        CHECK (length(name_kk) BETWEEN 1 AND 300 AND length(name_ru) BETWEEN 1 AND 300),
    CONSTRAINT settlement_status_known CHECK (status IN ('ACTIVE', 'CLOSED'))
);
COMMENT ON TABLE settlement IS 'Населённый пункт, 004 1_1 p.4(4)';
COMMENT ON COLUMN settlement.code IS 'Nine digits of the КАТО classifier';
COMMENT ON COLUMN settlement.name_kk IS 'Name in Kazakh';
COMMENT ON COLUMN settlement.name_ru IS 'Name in Russian';
COMMENT ON COLUMN settlement.status IS 'Closed when a load leaves it out: applications refer to it';
COMMENT ON CONSTRAINT settlement_code_shape ON settlement IS '004 1_1 p.4(4)';
COMMENT ON CONSTRAINT settlement_names_given ON settlement IS 'Both languages are always said, 004 pt.42';
COMMENT ON CONSTRAINT settlement_status_known ON settlement IS 'Closed list';

CREATE TABLE code (
    list     text COLLATE "C" NOT NULL,
    code     text COLLATE "C" NOT NULL,
    name_kk  text NOT NULL,
    name_ru  text NOT NULL,
    status   text COLLATE "C" NOT NULL,
    CONSTRAINT code_pkey PRIMARY KEY (list, code),
    CONSTRAINT code_list_known
        CHECK (list IN ('AGE_CATEGORY', 'APPLICANT_TYPE', 'APPLICATION_STATUS', 'BENEFIT',
                        'DISORDER', 'KIND', 'OWNERSHIP', 'RANK_REASON', 'REHABILITATION',
                        'TEACHING_LANGUAGE')),
    CONSTRAINT code_shape CHECK (code ~ '^[A-Za-z0-9_]{1,40}$'),
    CONSTRAINT code_names_given
        CHECK (length(name_kk) BETWEEN 1 AND 300 AND length(name_ru) BETWEEN 1 AND 300),
    CONSTRAINT code_status_known CHECK (status IN ('ACTIVE', 'CLOSED'))
);
COMMENT ON TABLE code IS 'Справочники: what a code means, 004 1_1 p.4, p.6, p.8';
COMMENT ON COLUMN code.list IS 'Which list it is of';
COMMENT ON COLUMN code.code IS 'The code in messages and rows';
COMMENT ON COLUMN code.name_kk IS 'Meaning in Kazakh';
COMMENT ON COLUMN code.name_ru IS 'Meaning in Russian';
COMMENT ON COLUMN code.status IS 'Closed when a load leaves it out: applications refer to it';
COMMENT ON CONSTRAINT code_list_known ON code IS 'Closed list';
COMMENT ON CONSTRAINT code_shape ON code IS 'A code is no word';
COMMENT ON CONSTRAINT code_names_given ON code IS 'Both languages are always said, 004 pt.42';
COMMENT ON CONSTRAINT code_status_known ON code IS 'Closed list';

CREATE TABLE requisites (
    preschool     text COLLATE "C" PRIMARY KEY REFERENCES preschool (id),
    ownership     text COLLATE "C" NOT NULL,
    district_kk   text NOT NULL,
    district_ru   text NOT NULL,
    address_kk    text NOT NULL,
    address_ru    text NOT NULL,
    latitude_e6   integer NOT NULL,
    longitude_e6  integer NOT NULL,
    phone         text COLLATE "C" NOT NULL,
    languages     text[] COLLATE "C" NOT NULL,
    ages          text[] COLLATE "C" NOT NULL,
    capacity      integer NOT NULL,
    fee_tenge     integer NOT NULL,
    meals_tenge   integer NOT NULL,
    CONSTRAINT requisites_texts_given
        CHECK (length(district_kk) BETWEEN 1 AND 300 AND length(district_ru) BETWEEN 1 AND 300
           AND length(address_kk) BETWEEN 1 AND 300 AND length(address_ru) BETWEEN 1 AND 300),
    CONSTRAINT requisites_place_in_kazakhstan
        CHECK (latitude_e6 BETWEEN 40000000 AND 56000000
           AND longitude_e6 BETWEEN 46000000 AND 88000000),
    CONSTRAINT requisites_phone_shape CHECK (phone ~ '^\+7[0-9]{10}$'),
    CONSTRAINT requisites_lists_given
        CHECK (cardinality(languages) BETWEEN 1 AND 6 AND cardinality(ages) BETWEEN 1 AND 20),
    CONSTRAINT requisites_capacity_and_prices
        CHECK (capacity BETWEEN 1 AND 2000 AND fee_tenge BETWEEN 0 AND 10000000
           AND meals_tenge BETWEEN 0 AND 10000000)
);
COMMENT ON TABLE requisites IS 'Реестр ДО: what else is known of a preschool, 004 pt.35(1), pt.36, pt.41';
COMMENT ON COLUMN requisites.preschool IS 'Whose they are';
COMMENT ON COLUMN requisites.ownership IS 'Форма собственности, 004 pt.36, pt.41(1)';
COMMENT ON COLUMN requisites.district_kk IS 'Район населённого пункта in Kazakh, 004 pt.36';
COMMENT ON COLUMN requisites.district_ru IS 'Район населённого пункта in Russian, 004 pt.36';
COMMENT ON COLUMN requisites.address_kk IS 'Address in Kazakh, 004 pt.36';
COMMENT ON COLUMN requisites.address_ru IS 'Address in Russian, 004 pt.36';
COMMENT ON COLUMN requisites.latitude_e6 IS 'Millionths of a degree north, 004 pt.36';
COMMENT ON COLUMN requisites.longitude_e6 IS 'Millionths of a degree east, 004 pt.36';
COMMENT ON COLUMN requisites.phone IS 'Phone of the preschool';
COMMENT ON COLUMN requisites.languages IS 'Languages of its groups, 004 1_1 p.4(19)';
COMMENT ON COLUMN requisites.ages IS 'Возрастная периодизация групп, 004 pt.41(1)';
COMMENT ON COLUMN requisites.capacity IS 'Проектная мощность, 004 1_5 st.2';
COMMENT ON COLUMN requisites.fee_tenge IS 'Monthly price of education, 004 pt.41(2)';
COMMENT ON COLUMN requisites.meals_tenge IS 'Monthly price of meals that parents pay, 004 pt.41(3)';
COMMENT ON CONSTRAINT requisites_texts_given ON requisites IS 'Both languages are always said, 004 pt.42';
COMMENT ON CONSTRAINT requisites_place_in_kazakhstan ON requisites IS 'Degrees of the two kinds are not mistaken for each other';
COMMENT ON CONSTRAINT requisites_phone_shape ON requisites IS '+7 and ten digits';
COMMENT ON CONSTRAINT requisites_lists_given ON requisites IS 'Codes of the lists';
COMMENT ON CONSTRAINT requisites_capacity_and_prices ON requisites IS '004 pt.41, 1_5 st.2';

CREATE TABLE registers_version (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loaded_at  timestamptz(3) NOT NULL,
    digest     bytea NOT NULL,
    changed    bigint NOT NULL,
    closed     bigint NOT NULL,
    CONSTRAINT registers_version_digest_is_sha256 CHECK (length(digest) = 32)
);
COMMENT ON TABLE registers_version IS 'Each load of registers that said something new';
COMMENT ON COLUMN registers_version.version IS 'Running number';
COMMENT ON COLUMN registers_version.loaded_at IS 'When it was loaded';
COMMENT ON COLUMN registers_version.digest IS 'SHA-256 of the files in sequence';
COMMENT ON COLUMN registers_version.changed IS 'Rows that were new or changed';
COMMENT ON COLUMN registers_version.closed IS 'Rows that the files left out';
COMMENT ON CONSTRAINT registers_version_digest_is_sha256 ON registers_version IS '32 octets';

ALTER TABLE journal DROP CONSTRAINT journal_kind_known;
ALTER TABLE journal ADD CONSTRAINT journal_kind_known
    CHECK (kind IN ('ALARM', 'MESSAGE', 'REGISTERS', 'REJECTED', 'RIGHTS')) NOT VALID;
ALTER TABLE journal VALIDATE CONSTRAINT journal_kind_known;
COMMENT ON CONSTRAINT journal_kind_known ON journal IS 'Closed list';
COMMENT ON COLUMN journal.kind IS 'MESSAGE: answered; REGISTERS: registers were loaded; REJECTED: not believed or no message; RIGHTS: what participants may call was changed; ALARM: somebody must look';
