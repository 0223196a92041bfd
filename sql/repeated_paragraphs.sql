-- The paragraphs of one language that stand in two or more of its documents, the most frequent first.
-- grain: one row per paragraph
-- inputs: paragraph_hashes (doc_id, host, first_seen, number, hash, token_count, byte_count)
-- parameters: none
WITH documents AS (
    -- Age as one number: the least of it is an aggregate that spills to disk, the least pair of time and id is not.
    SELECT doc_id, host, row_number() OVER (ORDER BY first_seen NULLS LAST, doc_id) AS age
    FROM (SELECT doc_id, any_value(host) AS host, min(first_seen) AS first_seen FROM paragraph_hashes GROUP BY doc_id)
),
twice AS (
    SELECT hash FROM paragraph_hashes GROUP BY hash HAVING count(*) > 1
),
holders AS (
    SELECT p.hash, d.age, any_value(d.host) AS host, min(p.number) AS number
    FROM paragraph_hashes AS p
    JOIN twice USING (hash)
    JOIN documents AS d USING (doc_id)
    GROUP BY p.hash, d.age
),
by_host AS (
    SELECT hash, host, count(*) AS document_count, min(age) AS age FROM holders GROUP BY hash, host
),
repeated AS (
    SELECT hash, sum(document_count)::BIGINT AS document_count, count(*) AS host_count, min(age) AS age
    FROM by_host
    GROUP BY hash
    HAVING sum(document_count) > 1
)
SELECT
    r.hash AS paragraph_hash,
    r.document_count,
    r.host_count,
    p.token_count,
    p.byte_count,
    d.doc_id AS first_doc_id,
    p.number AS first_number
FROM repeated AS r
JOIN holders AS h USING (hash, age)
JOIN documents AS d USING (age)
JOIN paragraph_hashes AS p ON p.hash = r.hash AND p.doc_id = d.doc_id AND p.number = h.number
ORDER BY r.document_count DESC, r.hash
