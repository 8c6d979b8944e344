-- Which children are known to have special educational needs. The registers of those who conclude
-- it are the source; whoever reads them writes here.

CREATE TABLE special_needs (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    child_iin         text COLLATE "C" NOT NULL,
    child_surname     text NOT NULL,
    child_given       text NOT NULL,
    child_patronymic  text,
    concluded_on      date NOT NULL,
    valid_until       date NOT NULL,
    withdrawn_on      date,
    CONSTRAINT special_needs_child_is_a_person CHECK (child_iin ~ '^[0-9]{12}$'),
    CONSTRAINT special_needs_names_given
        CHECK (length(child_surname) BETWEEN 1 AND 100 AND length(child_given) BETWEEN 1 AND 100
           AND length(child_patronymic) BETWEEN 1 AND 100),
    CONSTRAINT special_needs_term_after_conclusion
        CHECK (valid_until >= concluded_on AND withdrawn_on >= concluded_on)
);
CREATE INDEX special_needs_of_child ON special_needs (child_iin);
COMMENT ON TABLE special_needs IS 'Дети с особыми образовательными потребностями: заключения ПМПК, 004 1_9 p.8, pt.21';
COMMENT ON COLUMN special_needs.id IS 'Number of the conclusion here';
COMMENT ON COLUMN special_needs.child_iin IS 'ИИН ребёнка';
COMMENT ON COLUMN special_needs.child_surname IS 'Surname of the child, as the conclusion has it';
COMMENT ON COLUMN special_needs.child_given IS 'Given name of the child';
COMMENT ON COLUMN special_needs.child_patronymic IS 'Patronymic of the child';
COMMENT ON COLUMN special_needs.concluded_on IS 'First day on which it counts';
COMMENT ON COLUMN special_needs.valid_until IS 'Last day on which it counts, 004 pt.21, D-82';
COMMENT ON COLUMN special_needs.withdrawn_on IS 'The day from which it counts no more, though its term has not ended';
COMMENT ON CONSTRAINT special_needs_child_is_a_person ON special_needs IS 'Twelve digits';
COMMENT ON CONSTRAINT special_needs_names_given ON special_needs IS 'Who asks must know how the child is called';
COMMENT ON CONSTRAINT special_needs_term_after_conclusion ON special_needs IS '004 pt.21';
COMMENT ON INDEX special_needs_of_child IS 'Does this child have the benefit? 004 1_9 p.8';
