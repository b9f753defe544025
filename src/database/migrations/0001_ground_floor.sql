-- Every key starts with tenant_id, the shard key. Ids are UUIDv7 as 16 bytes. Instants are UTC.

CREATE TABLE tenants (
  tenant_id BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  subdomain VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  timezone VARCHAR(64) NOT NULL,
  locale VARCHAR(35) NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'active',
  -- What the clinic has set; defaults are filled in when it is read.
  settings JSON NOT NULL,
  branding JSON NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id),
  UNIQUE KEY uq_tenants_subdomain (subdomain),
  CONSTRAINT ck_tenants_status CHECK (status IN ('active', 'suspended'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A hostname belongs to nobody until its owner has proved it.
CREATE TABLE tenant_domains (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  hostname VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  verified_at DATETIME(3) NULL,
  -- One tenant at most holds a hostname; unproved claims do not block each other.
  verified_hostname VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (if(verified_at IS NULL, NULL, hostname)) VIRTUAL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_tenant_domains_verified (verified_hostname),
  CONSTRAINT fk_tenant_domains_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The answer commits with the change that it answers. No foreign key: sign-up has no tenant yet.
CREATE TABLE idempotency_keys (
  tenant_id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  idempotency_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  answer MEDIUMBLOB NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, user_id, idempotency_key),
  KEY ix_idempotency_keys_created (created_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- If a change commits, its events commit. The relay gives each a place in its tenant's sequence, then publishes it.
CREATE TABLE outbox (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  type VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload JSON NOT NULL,
  request_id VARCHAR(128) NOT NULL,
  occurred_at DATETIME(3) NOT NULL,
  sequence BIGINT UNSIGNED NULL,
  published_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_outbox_sequence (tenant_id, sequence),
  KEY ix_outbox_unpublished (published_at, tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The lock under which one relay at a time numbers a tenant's events, gap-free.
CREATE TABLE event_sequences (
  tenant_id BINARY(16) NOT NULL,
  last_sequence BIGINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Each consumer acts on an event once: the row commits with what the consumer did.
CREATE TABLE inbox (
  tenant_id BINARY(16) NOT NULL,
  consumer VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id BINARY(16) NOT NULL,
  received_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, consumer, event_id),
  KEY ix_inbox_received (received_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Who did what, in the same transaction as the doing. Rows are only ever added.
CREATE TABLE audit_logs (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  occurred_at DATETIME(3) NOT NULL,
  actor_id BINARY(16) NULL,
  actor_role VARCHAR(20) NULL,
  action VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource_type VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource_id BINARY(16) NULL,
  -- Names of the changed fields, and values where they are no health data.
  changes JSON NULL,
  address VARCHAR(45) NOT NULL,
  user_agent VARCHAR(255) NOT NULL,
  request_id VARCHAR(128) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_audit_logs_resource (tenant_id, resource_type, resource_id, id),
  KEY ix_audit_logs_actor (tenant_id, actor_id, id),
  CONSTRAINT fk_audit_logs_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
