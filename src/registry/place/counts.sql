-- One row per preschool chosen in a general queue and tier with anybody in it (004 pt.16, pt.17).
-- One statement sees one snapshot, and as_of is its instant: the server notes the time when it
-- takes the snapshot. The caller appends which applications, and the order.
SELECT e.application, statement_timestamp() AS as_of, e.preschool, p.name_kk, p.name_ru, e.birth_year, e.tier, e.filed_at, e.sequence,
       e.position, e.preference, e.state, e.held_by,
       q.tier AS queue_tier, q.before, q.total, q.held_at, q.held_by_offer,
       o.offer_tiers, o.offers_pending, o.offers_own,
       NULL AS care_kk, NULL AS care_ru, NULL AS band_kk, NULL AS band_ru
FROM entry e
JOIN preschool p ON p.id = e.preschool
LEFT JOIN LATERAL (
    SELECT w.tier,
           count(*) FILTER (WHERE (w.filed_at, w.sequence) < (e.filed_at, e.sequence)) AS before,
           count(*) AS total,
           array_agg(w.at ORDER BY w.at) FILTER (WHERE w.held_by IS NOT NULL) AS held_at,
           array_agg(w.held_by = 'OFFER' ORDER BY w.at)
               FILTER (WHERE w.held_by IS NOT NULL) AS held_by_offer
    FROM (
        SELECT tier, filed_at, sequence, held_by,
               row_number() OVER (PARTITION BY tier ORDER BY filed_at, sequence) - 1 AS at
        FROM entry
        WHERE kind = 'GENERAL'
          AND state = 'WAITING'
          AND preschool = e.preschool
          AND birth_year = e.birth_year
    ) w
    GROUP BY w.tier
) q ON true
LEFT JOIN LATERAL (
    SELECT array_agg(tier ORDER BY made_at, sequence) AS offer_tiers,
           array_agg(state = 'PENDING' ORDER BY made_at, sequence) AS offers_pending,
           array_agg(application = e.application ORDER BY made_at, sequence) AS offers_own
    FROM offer
    WHERE state IN ('ACCEPTED', 'PENDING')
      AND preschool = e.preschool
      AND birth_year = e.birth_year
      AND kind = e.kind
) o ON true
