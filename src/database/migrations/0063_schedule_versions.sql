-- Which edition of a tenant's hours, closures, absences, services and doctors holds. Whoever changes one of them writes a
-- new version in the same transaction, so that a process knows by one row whether what it remembers still holds.
CREATE TABLE schedule_versions (
  tenant_id BINARY(16) NOT NULL,
  version BINARY(16) NOT NULL,
  PRIMARY KEY (tenant_id),
  CONSTRAINT fk_schedule_versions_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The first version of a tenant may be any value: it is only ever compared with others of the same tenant.
INSERT INTO schedule_versions (tenant_id, version) SELECT tenant_id, tenant_id FROM tenants;
