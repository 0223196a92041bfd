-- Components with their oldest document and with those that may stand for them, on either side.
-- grain: one row per component   inputs: (members of one decide())
-- parameters: none
SELECT
    component,
    count(*) AS cluster_size,
    arg_min(doc_id, (seen, doc_id)) AS cluster_id,
    count(was_held_out) > 0 AS is_known,
    coalesce(bool_or(was_held_out), FALSE) AS was_held_out,
    coalesce(
        arg_min(doc_id, (seen, doc_id)) FILTER (WHERE was_kept), arg_min(doc_id, (worse, seen, doc_id))
    ) AS representative_id,
    -- What models may have been trained on cannot stand for text that they are measured on.
    coalesce(
        arg_min(doc_id, (seen, doc_id)) FILTER (WHERE was_kept AND was_held_out),
        arg_min(doc_id, (worse, seen, doc_id)) FILTER (WHERE was_held_out IS DISTINCT FROM FALSE)
    ) AS held_out_representative_id
FROM members
GROUP BY component
