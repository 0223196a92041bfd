-- New clusters that are held out, by the hash of their ids.
-- grain: one row per drawn cluster   inputs: (alone, clusters of one decide())
-- parameters: $wanted, $largest
WITH hashed AS (
    SELECT cluster_id, sha256('held out'::BLOB || cluster_id) AS hash
    FROM (
        SELECT cluster_id FROM clusters WHERE NOT is_known
        UNION ALL
        SELECT doc_id FROM alone WHERE was_held_out IS NULL
    )
)
SELECT cluster_id FROM hashed WHERE hash <= $largest ORDER BY hash LIMIT $wanted
