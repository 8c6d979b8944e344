-- Who stands or stood in the queue is `e`: the lines of all of them, in order.
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
