-- What is decided for documents that may have copies, and for those without one that are held out; the rest is plain.
-- grain: one row per document   inputs: (documents, members, copies, similarities, drawn, before of one decide())
-- parameters: none
SELECT
    doc,
    cluster_id,
    representative_id,
    is_kept,
    cluster_size,
    method,
    CASE WHEN is_same_text THEN 1 ELSE similarity END AS similarity,
    rehydration_weight,
    is_held_out
FROM copies
LEFT JOIN similarities USING (doc)
UNION ALL
SELECT doc, doc_id, doc_id, TRUE, 1, 'unique', 1, 1, TRUE
FROM documents
ANTI JOIN members USING (doc)
WHERE doc_id IN (SELECT doc_id FROM before WHERE is_held_out UNION ALL SELECT cluster_id FROM drawn)
