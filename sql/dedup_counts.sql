-- Clusters there are, and those of them that earlier runs held out.
-- grain: one row per run   inputs: (documents, members, clusters, before of one decide())
-- parameters: none
SELECT count(*) AS cluster_count, count(*) FILTER (WHERE was_held_out) AS held_out_count
FROM (
    SELECT was_held_out FROM clusters
    UNION ALL
    SELECT doc_id IN (SELECT doc_id FROM before WHERE is_held_out) FROM documents ANTI JOIN members USING (doc)
)
