-- Files whose rows are gone, until they are gone from the folder or bucket as well.
CREATE TABLE file_removals (
  tenant_id BINARY(16) NOT NULL,
  file BINARY(16) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, file),
  KEY ix_file_removals_created (created_at),
  CONSTRAINT fk_file_removals_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
