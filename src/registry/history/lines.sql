-- The log of each queue in which an application once stood, in order (004 pt.2(9), 1_10 No. 13).
-- An entry's own row says when it joined first, its log the rest; its tier then is the one from
-- which it was first moved, or the present one. One statement sees one snapshot.
SELECT own.preschool, own.sequence AS own, own.birth_year, p.name_kk, p.name_ru,
       statement_timestamp() AS as_of, line.at, line.what, line.why, line.tier, line.to_tier,
       e.filed_at, e.sequence
FROM entry own
JOIN preschool p ON p.id = own.preschool
JOIN entry e ON e.preschool = own.preschool AND e.birth_year = own.birth_year AND e.kind = own.kind
CROSS JOIN LATERAL (
    SELECT e.joined_at AS at, 0 AS id, 'JOINED' AS what, 'NEW' AS why,
           coalesce(first.tier, e.tier) AS tier, NULL AS to_tier
    FROM (VALUES (1)) AS one
    LEFT JOIN LATERAL (
        SELECT h.tier FROM happening h
        WHERE h.application = e.application AND h.preschool = e.preschool AND h.what = 'MOVED'
        ORDER BY h.at, h.id LIMIT 1
    ) first ON true
    WHERE (
        SELECT h.what FROM happening h
        WHERE h.application = e.application AND h.preschool = e.preschool
        ORDER BY h.at, h.id LIMIT 1
    ) IS DISTINCT FROM 'JOINED'
    UNION ALL
    SELECT h.at, h.id, h.what, h.why, h.tier, h.to_tier
    FROM happening h
    WHERE h.application = e.application AND h.preschool = e.preschool
) line
WHERE own.application = $1 AND line.at < $2
ORDER BY own.position, line.at, line.id, e.sequence
