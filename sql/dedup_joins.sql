-- Components that an equal text or an equal address joins.
-- grain: one row per component and the smallest one that holds a text or an address of it   inputs: (documents, components of one decide())
-- parameters: none
WITH repeated AS MATERIALIZED (
    -- Most texts stand once; hashes of hashes are smaller to group, and the few that meet by chance part below.
    SELECT hash(content_hash) AS short_hash FROM documents WHERE content_hash IS NOT NULL GROUP BY ALL HAVING count(*) > 1
    UNION ALL
    SELECT hash(url_hash) FROM documents WHERE url_hash IS NOT NULL GROUP BY ALL HAVING count(*) > 1
),
sharing AS (
    SELECT doc, 'text' AS what, content_hash AS shared FROM documents WHERE hash(content_hash) IN (FROM repeated)
    UNION ALL
    SELECT doc, 'address', url_hash FROM documents WHERE hash(url_hash) IN (FROM repeated)
),
labelled AS MATERIALIZED (
    SELECT coalesce(component, doc) AS label, what, shared FROM sharing LEFT JOIN components USING (doc)
    WHERE shared IS NOT NULL
),
joining AS (
    SELECT what, shared, min(label) AS least FROM labelled GROUP BY ALL HAVING min(label) <> max(label)
)
SELECT DISTINCT least AS doc_a, label AS doc_b, 1::FLOAT AS similarity
FROM labelled
JOIN joining USING (what, shared)
WHERE label <> least
