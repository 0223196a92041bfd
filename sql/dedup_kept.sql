-- Documents that may have copies: which of them are kept, and the cluster they are in.
-- grain: one row per document of a component   inputs: (members, clusters, drawn of one decide())
-- parameters: none
WITH sides AS (
    SELECT
        component, cluster_id, cluster_size, is_held_out,
        CASE WHEN is_held_out THEN held_out_representative_id ELSE representative_id END AS first_kept_id
    FROM (SELECT *, was_held_out OR cluster_id IN (SELECT cluster_id FROM drawn) AS is_held_out FROM clusters)
),
placed AS (
    SELECT members.*, sides.* EXCLUDE (component), is_held_out AND NOT coalesce(was_held_out, TRUE) AS is_held_out_copy
    FROM members
    JOIN sides USING (component)
)
SELECT *, (was_kept OR doc_id = first_kept_id) AND NOT is_held_out_copy AS is_kept FROM placed
