-- Who stands in the stop-list. The life of a seat writes it.

CREATE TABLE stop_list (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application  bigint NOT NULL,
    state        text COLLATE "C" NOT NULL,
    ground       text COLLATE "C" NOT NULL,
    placed_at    timestamptz(3) NOT NULL,
    exit_on      date NOT NULL,
    CONSTRAINT stop_list_application_fkey FOREIGN KEY (application) REFERENCES application (id),
    CONSTRAINT stop_list_state_known CHECK (state IN ('PLACED', 'RETURNED', 'ANNULLED', 'ARCHIVED')),
    CONSTRAINT stop_list_ground_known
        CHECK (ground IN ('PLACED_FOR_REFERRAL', 'PLACED_FOR_ORIGINALS', 'PLACED_FOR_ENROLMENT',
                          'PLACED_FOR_SILENCE', 'PLACED_FOR_REFUSAL'))
);
CREATE UNIQUE INDEX stop_list_one_stay ON stop_list (application) WHERE state = 'PLACED';
COMMENT ON TABLE stop_list IS 'Стоп-лист, 004 pt.33, pt.34, pt.38';
COMMENT ON COLUMN stop_list.id IS 'Number of the stay';
COMMENT ON COLUMN stop_list.application IS 'Номер заявления, 004 pt.38(1); with it the names, pt.38(2), pt.38(3)';
COMMENT ON COLUMN stop_list.state IS 'Where the stay is in its life cycle, 004 pt.34';
COMMENT ON COLUMN stop_list.ground IS 'Основание для перемещения, 004 pt.33, pt.38(6)';
COMMENT ON COLUMN stop_list.placed_at IS 'Дата и время перемещения, 004 pt.38(4), pt.38(5)';
COMMENT ON COLUMN stop_list.exit_on IS 'Дата выхода, before the protocol of that day, 004 pt.38(7), D-90';
COMMENT ON CONSTRAINT stop_list_application_fkey ON stop_list IS 'It is the application that is placed, with all its entries, 004 pt.33, D-94';
COMMENT ON CONSTRAINT stop_list_state_known ON stop_list IS 'The states of the life cycle, but for the one before it';
COMMENT ON CONSTRAINT stop_list_ground_known ON stop_list IS '004 pt.33; the last two by other rule sets, D-61, D-62';
COMMENT ON INDEX stop_list_one_stay IS 'One stay at a time, 004 pt.34';
