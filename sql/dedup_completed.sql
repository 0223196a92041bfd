-- All documents with what was decided for them; one without a decision is alone and stands for itself.
-- grain: one row per document   inputs: (incoming, decided of one decide())
-- parameters: none
SELECT
    incoming.*,
    coalesce(cluster_id, doc_id) AS cluster_id,
    coalesce(representative_id, doc_id) AS representative_id,
    coalesce(is_kept, TRUE) AS is_kept,
    coalesce(cluster_size, 1) AS cluster_size,
    coalesce(method, 'unique') AS method,
    CASE WHEN cluster_id IS NULL THEN 1 ELSE similarity END AS similarity,
    coalesce(rehydration_weight, 1) AS rehydration_weight,
    coalesce(is_held_out, FALSE) AS is_held_out
FROM incoming
LEFT JOIN decided USING (doc)
