-- One language in numbers, over all snapshots.
-- grain: one row per language
-- inputs: raw_crawls, decisions, dedup_sets
-- parameters: $language
WITH pages AS (
    SELECT count(*) AS page_count FROM raw_crawls WHERE language = $language
),
dropped AS (
    SELECT
        to_json(map_from_entries(list({'key': drop_reason, 'value': n} ORDER BY n DESC, drop_reason) FILTER (WHERE drop_reason IS NOT NULL))) AS dropped
    FROM (SELECT is_kept, drop_reason, count(*) AS n FROM decisions WHERE language = $language GROUP BY ALL)
),
kept AS (
    SELECT count(*) AS kept_count FROM decisions WHERE language = $language AND is_kept
),
by_host AS (
    SELECT host, sum(byte_count) AS host_bytes FROM dedup_sets WHERE language = $language AND is_kept GROUP BY host
),
hosts AS (
    SELECT count(*) AS host_count, coalesce(max(host_bytes) / nullif(sum(host_bytes), 0), 0) AS largest_host_share FROM by_host
),
clusters AS (
    SELECT
        count(DISTINCT cluster_id) AS cluster_count,
        to_json(map_from_entries(coalesce((
            SELECT list({'key': method, 'value': n} ORDER BY n DESC, method)
            FROM (SELECT method, count(*) AS n FROM dedup_sets WHERE language = $language AND NOT is_kept GROUP BY ALL)
        ), []))) AS copies,
        count(DISTINCT cluster_id) FILTER (WHERE is_kept AND is_held_out) AS held_out_count,
        coalesce(sum(byte_count) FILTER (WHERE is_kept AND NOT is_held_out), 0) AS unique_bytes
    FROM dedup_sets
    WHERE language = $language
)
SELECT
    pages.page_count,
    kept.kept_count,
    coalesce(dropped.dropped::VARCHAR, '{}') AS dropped,
    clusters.cluster_count,
    clusters.copies::VARCHAR AS copies,
    clusters.held_out_count,
    clusters.unique_bytes::BIGINT AS unique_bytes,
    hosts.host_count,
    hosts.largest_host_share
FROM pages, dropped, kept, hosts, clusters
