-- The hosts of one language: what they gave, what passed, and what most of the rest was dropped for.
-- grain: one row per host
-- inputs: standardized_documents (doc_id, snapshot, language, host), labelled_documents (doc_id, snapshot, language, lid_label, own_byte_count), decisions
-- parameters: $language, $min_documents, $max_kept_share
WITH documents AS (
    SELECT s.host, l.lid_label, l.own_byte_count, d.is_kept, d.drop_reason
    FROM standardized_documents AS s
    JOIN labelled_documents AS l USING (doc_id, snapshot, language)
    JOIN decisions AS d USING (doc_id, snapshot, language)
    WHERE s.language = $language
),
reasons AS (
    SELECT host, drop_reason, count(*) AS n FROM documents WHERE NOT is_kept GROUP BY ALL
),
top_reasons AS (
    SELECT host, first(drop_reason ORDER BY n DESC, drop_reason) AS top_drop_reason, max(n) AS dropped FROM reasons GROUP BY host
)
SELECT
    host,
    count(*) AS document_count,
    count(*) FILTER (WHERE is_kept) AS kept_count,
    count(*) FILTER (WHERE is_kept) / count(*) AS kept_share,
    coalesce(sum(own_byte_count) FILTER (WHERE is_kept), 0)::BIGINT AS kept_bytes,
    any_value(top_drop_reason) AS top_drop_reason,
    coalesce(any_value(dropped), 0) / count(*) AS top_drop_share,
    count(*) FILTER (WHERE lid_label = $language) / count(*) AS own_language_share,
    count(*) >= $min_documents AND count(*) FILTER (WHERE is_kept) / count(*) <= $max_kept_share AS is_failing
FROM documents
LEFT JOIN top_reasons USING (host)
GROUP BY host
ORDER BY document_count DESC, host
