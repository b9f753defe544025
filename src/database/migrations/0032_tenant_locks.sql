-- What a transaction of a tenant locks in place of the tenant's row, which is the parent of so many others that nearly
-- every write would wait for it, or end in a deadlock.
CREATE TABLE tenant_locks (
  tenant_id BINARY(16) NOT NULL,
  name VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, name),
  CONSTRAINT fk_tenant_locks_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

DROP TABLE clinic_hours_changes;
