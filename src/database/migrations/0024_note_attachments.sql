-- Files that belong to a note. What is in them lies encrypted in the folder or bucket, each under a key of its own.
CREATE TABLE medical_note_attachments (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  note_id BINARY(16) NOT NULL,
  media_type VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bytes INT UNSIGNED NOT NULL,
  -- The file's name, key and SHA-256, encrypted under the tenant's key.
  description VARBINARY(2000) NOT NULL,
  -- Whether the signature of the note covers it.
  signed TINYINT(1) NOT NULL DEFAULT 0,
  added_by BINARY(16) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_medical_note_attachments_note (tenant_id, note_id, id),
  CONSTRAINT fk_medical_note_attachments_note FOREIGN KEY (tenant_id, note_id) REFERENCES medical_notes (tenant_id, id),
  CONSTRAINT fk_medical_note_attachments_user FOREIGN KEY (tenant_id, added_by) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
