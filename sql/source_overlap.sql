-- Hosts of one language that repeat what another host had first, mirrors first.
-- grain: one row per pair of hosts
-- inputs: dedup_sets (doc_id, cluster_id, snapshot, host, byte_count, first_seen)
-- parameters: $least_documents, $least_share
WITH hosts AS (
    SELECT host, count(*) AS document_count, row_number() OVER (ORDER BY min(first_seen) NULLS LAST, host) AS age
    FROM dedup_sets
    GROUP BY host
),
first_hosts AS (
    -- Of the copies within one snapshot, which came first is chance of the crawl, and two mirrors would take turns: there
    -- the host that is known longest counts as first.
    SELECT d.cluster_id, min(h.age) AS age
    FROM dedup_sets AS d
    JOIN dedup_sets AS f ON f.doc_id = d.cluster_id AND f.snapshot = d.snapshot
    JOIN hosts AS h ON h.host = d.host
    GROUP BY d.cluster_id
),
pairs AS (
    SELECT a.host AS first_host, d.host, count(*) AS document_count, sum(d.byte_count)::BIGINT AS byte_count
    FROM dedup_sets AS d
    JOIN first_hosts AS c USING (cluster_id)
    JOIN hosts AS a USING (age)
    WHERE d.host <> a.host
    GROUP BY a.host, d.host
)
SELECT
    p.*,
    p.document_count / h.document_count AS share,
    p.document_count >= $least_documents AND p.document_count / h.document_count >= $least_share AS is_mirror
FROM pairs AS p
JOIN hosts AS h USING (host)
ORDER BY is_mirror DESC, p.document_count DESC, p.first_host, p.host
