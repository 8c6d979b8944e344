-- An application stands otherwise from now on (004 1_1 p.10, 1_3): its row, its entries, and the log
-- of each queue that it joined, left or in which its tier changed; the caller says what asked for it.
-- Choices come as arrays in their order; the row is changed only as it was read. The clock of the
-- register may step back, and nothing happens to an entry before it joined.
WITH updated AS (
    UPDATE application SET state = $2, benefit = $3, tier = $4
     WHERE id = $1 AND state <> 'CLOSED' AND benefit IS NOT DISTINCT FROM $5
    RETURNING id, kind, birth_year
), named AS (
    SELECT preschool, preference, filed_at, parked, position
      FROM unnest($6::text[], $7::smallint[], $8::timestamptz[], $9::boolean[])
           WITH ORDINALITY AS choice (preschool, preference, filed_at, parked, position)
), before AS (
    SELECT e.preschool, e.tier, e.state, e.filed_at, e.joined_at, e.position
      FROM entry e JOIN updated ON updated.id = e.application
), changed AS (
    SELECT coalesce(n.preschool, b.preschool) AS preschool, b.tier, b.joined_at,
           coalesce(n.filed_at, b.filed_at) AS filed_at,
           coalesce(b.state IN ('OFFERED', 'WAITING'), false) AS stood,
           n.preschool IS NOT NULL AND NOT n.parked AS stands,
           n.preschool IS NULL AS dropped,
           b.position IS NULL OR b.state = 'LEFT' AS added
      FROM named n FULL JOIN before b ON b.preschool = n.preschool
), entered AS (
    INSERT INTO entry (application, preschool, kind, birth_year, tier, filed_at, sequence, position,
                       preference, state, held_by, changed_at)
    SELECT u.id, n.preschool, u.kind, u.birth_year, $4, n.filed_at, u.id, n.position, n.preference,
           CASE WHEN n.parked THEN 'PARKED' ELSE 'WAITING' END, $10, $11
      FROM named n CROSS JOIN updated u
    ON CONFLICT (application, preschool) DO UPDATE
       SET tier = excluded.tier, filed_at = excluded.filed_at, position = excluded.position,
           preference = excluded.preference,
           state = CASE WHEN entry.state = 'OFFERED' THEN 'OFFERED' ELSE excluded.state END,
           held_by = CASE WHEN entry.state = 'LEFT' OR entry.held_by = 'IDENTITY'
                          THEN excluded.held_by ELSE entry.held_by END,
           changed_at = CASE WHEN entry.state = 'LEFT' THEN excluded.changed_at
                             ELSE entry.changed_at END
), left_out AS (
    UPDATE entry e SET state = 'LEFT', position = NULL, held_by = NULL, changed_at = $11
      FROM updated u
     WHERE e.application = u.id AND e.position IS NOT NULL AND e.preschool <> ALL ($6::text[])
), logged AS (
    INSERT INTO happening (at, application, preschool, what, why, tier, to_tier, law, filed_at)
    SELECT greatest(clock_timestamp(), c.joined_at), u.id, c.preschool, h.what, h.why, h.tier,
           h.to_tier, $12, c.filed_at
      FROM changed c CROSS JOIN updated u CROSS JOIN LATERAL (
               SELECT 'LEFT' AS what, 'WITHDRAWN' AS why, c.tier, NULL AS to_tier
                WHERE c.stood AND c.dropped
               UNION ALL
               SELECT 'LEFT', 'PARKED', c.tier, NULL
                WHERE c.stood AND NOT c.dropped AND NOT c.stands
               UNION ALL
               SELECT 'JOINED', CASE WHEN c.added THEN 'CHOICE_ADDED' ELSE 'RETURNED' END, $4, NULL
                WHERE c.stands AND NOT c.stood
               UNION ALL
               SELECT 'MOVED', $13, c.tier, $4
                WHERE c.stands AND c.stood AND c.tier <> $4
           ) h
)
