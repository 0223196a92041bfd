-- Documents of a language that another language holds too: the same text, else the same address, else a near copy.
-- grain: one row per (language, other_language, kind)
-- inputs: signatures (doc_id, doc, language, content_hash, url_hash), band_index (key, doc, language, sketch_low, sketch_high)
-- parameters: $most_languages (of a bucket that the others are held against), $most_bits (in which sketches of near copies differ)
WITH buckets AS (
    SELECT 1 AS kind, content_hash AS key, doc, language, 0::BIGINT AS sketch_low, 0::BIGINT AS sketch_high FROM signatures
    UNION ALL
    SELECT 2, url_hash, doc, language, 0, 0 FROM signatures
    UNION ALL
    SELECT 3, encode(key::VARCHAR), doc, language, sketch_low, sketch_high FROM band_index
),
of_several AS (
    SELECT kind, key FROM buckets GROUP BY kind, key HAVING min(language) <> max(language)
),
firsts AS (
    -- One document stands for its language in a bucket, so that a text that all pages have gives no square of links.
    SELECT
        kind, key, language, min(doc) AS doc,
        arg_min(sketch_low, doc) AS sketch_low, arg_min(sketch_high, doc) AS sketch_high
    FROM buckets
    JOIN of_several USING (kind, key)
    GROUP BY kind, key, language
    QUALIFY row_number() OVER (PARTITION BY kind, key ORDER BY language) <= $most_languages
),
links AS (
    SELECT b.kind, b.language, b.doc, f.language AS other_language, min(f.doc) AS other_doc
    FROM buckets AS b
    JOIN firsts AS f ON f.kind = b.kind AND f.key = b.key AND f.language <> b.language
    WHERE
        bit_count(xor(b.sketch_low, f.sketch_low))::INTEGER + bit_count(xor(b.sketch_high, f.sketch_high)) <= $most_bits
    GROUP BY ALL
),
near_texts AS (
    SELECT l.language, s.content_hash, l.other_language, min(l.other_doc) AS other_doc
    FROM links AS l
    JOIN signatures AS s ON s.doc = l.doc AND s.language = l.language
    WHERE l.kind = 3
    GROUP BY l.language, s.content_hash, l.other_language
),
every_link AS (
    SELECT * FROM links WHERE kind < 3
    UNION ALL
    -- Of the copies of one text in a cell, one alone is among the keys; it speaks for all of them.
    SELECT 3, n.language, s.doc, n.other_language, n.other_doc
    FROM near_texts AS n
    JOIN signatures AS s USING (content_hash, language)
),
best AS (
    SELECT *
    FROM every_link
    QUALIFY kind = min(kind) OVER (PARTITION BY language, doc, other_language)
),
pairs AS (
    SELECT language, other_language, kind, count(*) AS document_count, min(doc) AS doc, arg_min(other_doc, doc) AS other_doc
    FROM best
    GROUP BY language, other_language, kind
),
languages AS (
    SELECT language, count(*) AS document_count FROM signatures GROUP BY language
)
SELECT
    p.language,
    p.other_language,
    ['same_text', 'same_url', 'near'][p.kind] AS kind,
    p.document_count,
    p.document_count / l.document_count AS share,
    s.doc_id AS example_id,
    o.doc_id AS other_example_id
FROM pairs AS p
JOIN languages AS l USING (language)
JOIN signatures AS s ON s.doc = p.doc AND s.language = p.language
JOIN signatures AS o ON o.doc = p.other_doc AND o.language = p.other_language
ORDER BY p.language, p.document_count DESC, p.other_language, p.kind
