ALTER TABLE tenant_keys
  -- Since when another key is to take this one's place: the rotation under way goes on with such keys until they are retired.
  ADD COLUMN replaced_since DATETIME(3) NULL;
