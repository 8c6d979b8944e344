-- The same of special and sanatorium queues, which are parted by what their groups are for (004
-- pt.26(2), pt.26(3), D-11), and special ones by the ages that the preschool serves in the year of
-- the snapshot, in the time of Astana (pt.16, pt.27).
SELECT e.application, statement_timestamp() AS as_of, e.preschool, p.name_kk, p.name_ru, e.birth_year, e.tier, e.filed_at, e.sequence,
       e.position, e.preference, e.state, e.held_by,
       q.tier AS queue_tier, q.before, q.total, q.held_at, q.held_by_offer,
       o.offer_tiers, o.offers_pending, o.offers_own,
       coalesce(k.name_kk, e.care) AS care_kk, coalesce(k.name_ru, e.care) AS care_ru,
       b.name_kk AS band_kk, b.name_ru AS band_ru
FROM entry e
JOIN preschool p ON p.id = e.preschool
CROSS JOIN LATERAL (
    SELECT date_part('year', statement_timestamp() AT TIME ZONE interval '5 hours')::integer AS year
) today
CROSS JOIN LATERAL (
    SELECT queue_band(e.kind, e.preschool, e.birth_year, today.year) AS band
) own
LEFT JOIN code b ON b.list = 'AGE_CATEGORY' AND b.code = own.band
LEFT JOIN code k ON k.list = CASE e.kind WHEN 'SPECIAL' THEN 'DISORDER' ELSE 'REHABILITATION' END
                AND k.code = e.care
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
        WHERE kind = e.kind
          AND kind <> 'GENERAL'
          AND state = 'WAITING'
          AND preschool = e.preschool
          AND care = e.care
          AND queue_band(kind, preschool, birth_year, today.year) IS NOT DISTINCT FROM own.band
    ) w
    GROUP BY w.tier
) q ON true
LEFT JOIN LATERAL (
    SELECT array_agg(made.tier ORDER BY made.made_at, made.sequence) AS offer_tiers,
           array_agg(made.state = 'PENDING' ORDER BY made.made_at, made.sequence) AS offers_pending,
           array_agg(made.application = e.application ORDER BY made.made_at, made.sequence)
               AS offers_own
    FROM offer made
    JOIN entry asked ON asked.application = made.application AND asked.preschool = made.preschool
    WHERE made.state IN ('ACCEPTED', 'PENDING')
      AND made.preschool = e.preschool
      AND made.kind = e.kind
      AND asked.care = e.care
      AND queue_band(asked.kind, asked.preschool, asked.birth_year, today.year)
          IS NOT DISTINCT FROM own.band
) o ON true
