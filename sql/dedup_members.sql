-- Documents that may have copies: the component of each, and what was decided for it before.
-- grain: one row per document of a component   inputs: (documents, components, joined, before of one decide())
-- parameters: none
WITH members AS (
    SELECT documents.*, coalesce(joined.component, components.component) AS component
    FROM documents
    LEFT JOIN components USING (doc)
    LEFT JOIN joined ON joined.doc = coalesce(components.component, documents.doc)
    WHERE components.component IS NOT NULL OR joined.component IS NOT NULL
)
SELECT
    members.*,
    coalesce(before.is_kept, FALSE) AS was_kept,
    before.is_held_out AS was_held_out, -- null for a new document
    before.representative_id AS old_representative_id
FROM members
LEFT JOIN before USING (doc_id)
