-- The keys under which a tenant's health data and secrets are encrypted, each encrypted itself under a master key that is
-- not in the database. One is active and encrypts; the others open what they encrypted before.
CREATE TABLE tenant_keys (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  -- Which of the installation's master keys opens it.
  master_key_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  wrapped VARBINARY(100) NOT NULL,
  -- retiring: what it encrypted is being encrypted anew; retired: nothing is left.
  status VARCHAR(10) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  active TINYINT(1) GENERATED ALWAYS AS (if(status = 'active', 1, NULL)) VIRTUAL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_tenant_keys_active (tenant_id, active),
  KEY ix_tenant_keys_master (master_key_id, created_at),
  CONSTRAINT fk_tenant_keys_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_tenant_keys_status CHECK (status IN ('active', 'retiring', 'retired'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
