-- One row for each clinic whose hours have changed as a whole, such as by a closure: of two such changes at once, the
-- second waits for this row, and then finds what the first has done.
CREATE TABLE clinic_hours_changes (
  tenant_id BINARY(16) NOT NULL,
  changed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id),
  CONSTRAINT fk_clinic_hours_changes_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

DROP TABLE closure_imports;
