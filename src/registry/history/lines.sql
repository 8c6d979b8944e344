-- The log of each queue in which an application once stood, in order (004 pt.2(9), 1_10 No. 13).
-- An entry's own row says when it joined first, its log the rest; its tier and its time then are
-- those of the first line of its log, or the present ones. One statement sees one snapshot.
SELECT own.preschool, own.sequence AS own, own.birth_year, p.name_kk, p.name_ru,
       statement_timestamp() AS as_of, line.at, line.what, line.why, line.tier, line.to_tier,
       line.filed_at, e.sequence
FROM entry own
JOIN preschool p ON p.id = own.preschool
JOIN entry e ON e.preschool = own.preschool AND e.birth_year = own.birth_year AND e.kind = own.kind
CROSS JOIN LATERAL (
    SELECT e.joined_at AS at, 0 AS id, 'JOINED' AS what, 'NEW' AS why,
           coalesce(first.tier, e.tier) AS tier, NULL AS to_tier,
           coalesce(first.filed_at, e.filed_at) AS filed_at
    FROM (VALUES (1)) AS one
    LEFT JOIN LATERAL (
        SELECT h.what, h.tier, h.filed_at FROM happening h
        WHERE h.application = e.application AND h.preschool = e.preschool
        ORDER BY h.at, h.id LIMIT 1
    ) first ON true
    WHERE CASE
        -- Without a log it was counted from the beginning, or never: added while parked (D-18).
        WHEN first.what IS NULL THEN e.state IN ('OFFERED', 'WAITING')
        ELSE first.what <> 'JOINED'
    END
    UNION ALL
    SELECT h.at, h.id, h.what, h.why, h.tier, h.to_tier, coalesce(h.filed_at, e.filed_at)
    FROM happening h
    WHERE h.application = e.application AND h.preschool = e.preschool
) line
WHERE own.application = $1 AND line.at < $2
ORDER BY own.position, own.preschool, line.at, line.id, e.sequence
