-- What is decided for documents that may have copies, and for those without one that are held out; the rest is plain.
-- grain: one row per document   inputs: (alone, drawn, copies, similarities of one decide())
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
FROM alone
WHERE was_held_out OR doc_id IN (SELECT cluster_id FROM drawn)
