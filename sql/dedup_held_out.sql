-- New clusters that are held out, by the hash of their ids.
-- grain: one row per drawn cluster   inputs: (documents, members, clusters, before of one decide())
-- parameters: $wanted
SELECT cluster_id
FROM (
    SELECT cluster_id FROM clusters WHERE NOT is_known
    UNION ALL
    SELECT doc_id FROM documents ANTI JOIN members USING (doc) ANTI JOIN before USING (doc_id)
)
ORDER BY sha256('held out'::BLOB || cluster_id)
LIMIT $wanted
