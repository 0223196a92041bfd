-- Signatures of a copy and of the document that stands for it, where their texts differ.
-- grain: one row per copy   inputs: (copies, signed of one decide())
-- parameters: none
SELECT doc, own.signature, representative.signature AS representative_signature
FROM copies
LEFT JOIN signed AS own USING (doc)
LEFT JOIN signed AS representative ON representative.doc = copies.representative_doc
WHERE NOT is_same_text
