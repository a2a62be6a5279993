-- complete_within: the time within which a batch was asked to be through, as the provider has it; null where nobody said. expires_at, finalized_at: when it is to be, and
-- was, through as the provider says. blamed: the line for which it came to nothing.
ALTER TABLE batches ADD COLUMN complete_within VARCHAR;
ALTER TABLE batches ADD COLUMN expires_at ${time};
ALTER TABLE batches ADD COLUMN finalized_at ${time};
ALTER TABLE batches ADD COLUMN blamed INTEGER;
