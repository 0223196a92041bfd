"""The only part of lugha that touches the network: polite requests, a journal of what came back, and the walk over a
few sites.

What comes out is rows of `crawl_index` and WARC files; which text becomes a document, and in which language it is, is
decided later.
"""
