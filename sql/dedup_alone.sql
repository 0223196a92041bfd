-- Documents without a copy, and the side that each was on before.
-- grain: one row per document   inputs: (documents, members, before of one decide())
-- parameters: none
SELECT doc, doc_id, before.is_held_out AS was_held_out -- null for a new document
FROM documents
ANTI JOIN members USING (doc)
LEFT JOIN before USING (doc_id)
