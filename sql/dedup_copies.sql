-- Documents that may have copies: who stands for each, by what it is a copy, and how often a mixture may count it.
-- grain: one row per document of a component   inputs: (kept of one decide())
-- parameters: none
WITH texts AS (
    SELECT content_hash, arg_min(doc_id, (NOT is_kept, seen, doc_id)) AS first_id
    FROM kept
    WHERE content_hash IN (SELECT content_hash FROM kept GROUP BY ALL HAVING count(*) > 1)
    GROUP BY content_hash
),
addresses AS (
    SELECT url_hash, arg_min(doc_id, (NOT is_kept, seen, doc_id)) AS first_id
    FROM kept
    WHERE url_hash IN (SELECT url_hash FROM kept GROUP BY ALL HAVING count(*) > 1)
    GROUP BY url_hash
),
standing AS (
    SELECT doc_id, doc, component, content_hash FROM kept WHERE is_kept
),
replaced AS (
    SELECT copy.*, CASE WHEN standing.component = copy.component THEN old_representative_id ELSE first_kept_id END AS new_id
    FROM kept AS copy
    LEFT JOIN standing ON standing.doc_id = copy.old_representative_id
    WHERE NOT is_kept
)
SELECT
    doc,
    cluster_id,
    doc_id AS representative_id,
    TRUE AS is_kept,
    cluster_size,
    CASE WHEN cluster_size = 1 THEN 'unique' ELSE 'representative' END AS method,
    doc AS representative_doc,
    TRUE AS is_same_text,
    -- FineWeb2 repeats by these steps: README of huggingface/fineweb-2.
    CASE
        WHEN doc_id <> first_kept_id OR cluster_size = 1 THEN 1
        WHEN cluster_size = 2 THEN 2
        WHEN cluster_size < 5 THEN 3
        WHEN cluster_size < 100 THEN 5
        WHEN cluster_size < 1000 THEN 8
        ELSE 1
    END AS rehydration_weight,
    is_held_out
FROM kept
WHERE is_kept
UNION ALL
SELECT
    replaced.doc,
    replaced.cluster_id,
    replaced.new_id,
    FALSE,
    replaced.cluster_size,
    CASE
        WHEN replaced.is_held_out_copy THEN 'held_out_copy'
        WHEN texts.first_id <> replaced.doc_id THEN 'same_text'
        WHEN addresses.first_id <> replaced.doc_id THEN 'same_url'
        ELSE 'near'
    END,
    standing.doc,
    coalesce(standing.content_hash = replaced.content_hash, FALSE),
    0,
    replaced.is_held_out AND NOT replaced.is_held_out_copy
FROM replaced
JOIN standing ON standing.doc_id = replaced.new_id
LEFT JOIN texts ON texts.content_hash = replaced.content_hash
LEFT JOIN addresses ON addresses.url_hash = replaced.url_hash
