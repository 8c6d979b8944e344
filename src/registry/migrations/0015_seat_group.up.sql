-- Groups and their seats, as preschools report them.

CREATE TABLE seat_group (
    preschool     text COLLATE "C" NOT NULL,
    group_id      text COLLATE "C" NOT NULL,
    owner_number  text COLLATE "C" NOT NULL,
    name          text NOT NULL,
    group_type    text COLLATE "C" NOT NULL,
    age_category  text COLLATE "C" NOT NULL,
    language      text COLLATE "C" NOT NULL,
    seats         smallint NOT NULL,
    free          smallint NOT NULL,
    reported_at   timestamptz(3) NOT NULL,
    CONSTRAINT seat_group_pkey PRIMARY KEY (preschool, group_id),
    CONSTRAINT seat_group_preschool_fkey FOREIGN KEY (preschool) REFERENCES preschool (id),
    CONSTRAINT seat_group_id_readable CHECK (group_id ~ '^[A-Za-z0-9._:/-]{1,64}$'),
    CONSTRAINT seat_group_owner_is_a_number CHECK (owner_number ~ '^[0-9]{12}$'),
    CONSTRAINT seat_group_name_given CHECK (length(name) BETWEEN 1 AND 300),
    CONSTRAINT seat_group_codes_shape
        CHECK (group_type ~ '^[A-Za-z0-9_]{1,40}$' AND age_category ~ '^[A-Za-z0-9_]{1,40}$'
           AND language ~ '^[A-Za-z0-9_]{1,40}$'),
    CONSTRAINT seat_group_free_within_seats
        CHECK (seats BETWEEN 1 AND 200 AND free BETWEEN 0 AND seats)
);
COMMENT ON TABLE seat_group IS 'Группы и места ДО, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.preschool IS 'id ДО, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.group_id IS 'id группы, as the preschool gave it, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.owner_number IS 'БИН или ИИН ДО, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.name IS 'Наименование группы, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.group_type IS 'Тип группы, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.age_category IS 'Возрастная категория, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.language IS 'Язык обучения, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.seats IS 'Количество мест в группе, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.free IS 'Количество свободных мест в группе, 004 1_5 p.3';
COMMENT ON COLUMN seat_group.reported_at IS 'When this was reported last, 004 1_5 p.4(3)';
COMMENT ON CONSTRAINT seat_group_preschool_fkey ON seat_group IS '004 1_5 p.3';
COMMENT ON CONSTRAINT seat_group_id_readable ON seat_group IS 'An identifier of a sender';
COMMENT ON CONSTRAINT seat_group_owner_is_a_number ON seat_group IS 'Twelve digits';
COMMENT ON CONSTRAINT seat_group_name_given ON seat_group IS '004 1_5 p.3';
COMMENT ON CONSTRAINT seat_group_codes_shape ON seat_group IS 'Codes of the lists';
COMMENT ON CONSTRAINT seat_group_free_within_seats ON seat_group IS '004 1_5 st.2, D-45';

CREATE INDEX referral_of_preschool ON referral (preschool);
COMMENT ON INDEX referral_of_preschool IS 'Which places of a preschool are held, 004 1_5 p.3';
