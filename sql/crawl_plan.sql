-- The fetched records of one snapshot, each under the language it belongs to: what the index filed it under, unless a text of it was found to be in another.
-- grain: one row per fetched record
-- inputs: crawl_index, index_corrections
-- parameters: $snapshot
SELECT
    i.* EXCLUDE (language, language_source),
    coalesce(c.language, i.language) AS language,
    CASE WHEN c.language IS NULL THEN i.language_source ELSE 'text' END AS language_source
FROM crawl_index AS i
LEFT JOIN (
    -- The surest correction of a record counts; ties go to the first code, so that the plan is always the same.
    SELECT doc_id, first(language ORDER BY lid_score DESC, language) AS language
    FROM index_corrections
    WHERE snapshot = $snapshot
    GROUP BY doc_id
) AS c USING (doc_id)
WHERE i.snapshot = $snapshot AND i.outcome = 'fetched'
ORDER BY i.doc_id
