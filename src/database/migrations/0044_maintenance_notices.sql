-- What the operators of the installation tell all clinics of. The rows are the platform's.
CREATE TABLE maintenance_notices (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  message VARCHAR(500) NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  withdrawn_at DATETIME(3) NULL,
  -- The last clinic that was told, while others are still to be told; null once all are.
  told_until BINARY(16) NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, id),
  KEY ix_maintenance_notices_ends (tenant_id, ends_at),
  CONSTRAINT fk_maintenance_notices_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_maintenance_notices_span CHECK (starts_at < ends_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
