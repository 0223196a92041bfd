-- Addresses that some snapshot knows and none has fetched, the hosts that gave a language most of its kept text first.
-- grain: one row per address
-- inputs: crawl_index, raw_crawls (url, snapshot), cleaned_shards (host, language, byte_count)
-- parameters: $language, $snapshot (the re-collection snapshot itself, whose own records do not count as fetched)
SELECT k.*
FROM (
    SELECT * EXCLUDE (snapshot)
    FROM crawl_index
    WHERE outcome = 'known' AND language = $language
    QUALIFY row_number() OVER (PARTITION BY url ORDER BY snapshot) = 1
) AS k
ANTI JOIN (SELECT DISTINCT url FROM crawl_index WHERE outcome IN ('fetched', 'robots_forbidden')) AS f ON f.url = k.url
ANTI JOIN (SELECT DISTINCT url FROM raw_crawls WHERE snapshot <> $snapshot) AS r ON r.url = k.url
LEFT JOIN (SELECT host, sum(byte_count) AS yield_bytes FROM cleaned_shards WHERE language = $language GROUP BY host) AS y ON y.host = k.host
ORDER BY coalesce(y.yield_bytes, 0) DESC, k.depth, k.url
