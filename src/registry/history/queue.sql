-- The log of each queue in which an application once stood, in order (004 pt.2(9), 1_10 No. 13); the
-- caller says who stands in one queue.
-- An entry's own row says when it joined first, its log the rest; its tier and its time then are
-- those of the first line of its log, or the present ones. One statement sees one snapshot.
SELECT own.preschool, own.sequence AS own, own.birth_year, p.name_kk, p.name_ru,
       statement_timestamp() AS as_of, line.at, line.what, line.why, line.tier, line.to_tier,
       line.filed_at, e.sequence,
       coalesce(k.name_kk, own.care) AS care_kk, coalesce(k.name_ru, own.care) AS care_ru,
       b.name_kk AS band_kk, b.name_ru AS band_ru
FROM entry own
JOIN preschool p ON p.id = own.preschool
LEFT JOIN code k ON k.list = CASE own.kind WHEN 'SPECIAL' THEN 'DISORDER' ELSE 'REHABILITATION' END
                AND k.code = own.care
LEFT JOIN code b ON b.list = 'AGE_CATEGORY'
                AND b.code = queue_band(own.kind, own.preschool, own.birth_year, $3)
