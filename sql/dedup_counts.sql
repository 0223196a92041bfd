-- Clusters there are, those of them that earlier runs held out, and those that are new.
-- grain: one row per run   inputs: (alone, clusters of one decide())
-- parameters: none
SELECT
    count(*) AS cluster_count,
    count(*) FILTER (WHERE was_held_out) AS held_out_count,
    count(*) FILTER (WHERE is_new) AS new_count
FROM (
    SELECT was_held_out, NOT is_known AS is_new FROM clusters
    UNION ALL
    SELECT was_held_out, was_held_out IS NULL FROM alone
)
