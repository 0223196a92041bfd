-- How much of each document of one language stands in older documents of the language.
-- grain: one row per document that has a paragraph
-- inputs: paragraph_hashes (doc_id, hash, byte_count), repeated_paragraphs (paragraph_hash, first_doc_id)
-- parameters: none
SELECT
    p.doc_id,
    count(*) AS paragraph_count,
    count(*) FILTER (WHERE p.doc_id <> r.first_doc_id) AS repeated_count,
    coalesce(sum(p.byte_count) FILTER (WHERE p.doc_id <> r.first_doc_id), 0)::BIGINT AS repeated_bytes
FROM paragraph_hashes AS p
LEFT JOIN repeated_paragraphs AS r ON r.paragraph_hash = p.hash
GROUP BY p.doc_id
ORDER BY p.doc_id
