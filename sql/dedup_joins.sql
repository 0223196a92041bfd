-- Components that an equal text or an equal address joins.
-- grain: one row per component and the smallest one that holds a text or an address of it   inputs: (documents, components of one decide())
-- parameters: none
WITH labelled AS (
    SELECT coalesce(component, doc) AS label, content_hash, url_hash FROM documents LEFT JOIN components USING (doc)
),
texts AS (
    SELECT content_hash, min(label) AS least FROM labelled WHERE content_hash IS NOT NULL
    GROUP BY content_hash HAVING min(label) <> max(label)
),
addresses AS (
    SELECT url_hash, min(label) AS least FROM labelled WHERE url_hash IS NOT NULL
    GROUP BY url_hash HAVING min(label) <> max(label)
)
SELECT least AS doc_a, label AS doc_b, 1::FLOAT AS similarity FROM labelled JOIN texts USING (content_hash) WHERE label <> least
UNION
SELECT least, label, 1::FLOAT FROM labelled JOIN addresses USING (url_hash) WHERE label <> least
