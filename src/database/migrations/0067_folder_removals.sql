-- Folders of clinics that were deleted for good, until nothing is left in them. The rows are the platform's, which outlives
-- the clinics.
CREATE TABLE folder_removals (
  tenant_id BINARY(16) NOT NULL,
  -- The id of the clinic, by which its folder is named.
  folder BINARY(16) NOT NULL,
  removed_files INT UNSIGNED NOT NULL DEFAULT 0,
  -- Not before; whoever takes it moves this on, so that nobody else does the same meanwhile.
  next_at DATETIME(3) NOT NULL,
  -- A folder that is empty from then on stays empty.
  last_look_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, folder),
  KEY ix_folder_removals_next (tenant_id, next_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
