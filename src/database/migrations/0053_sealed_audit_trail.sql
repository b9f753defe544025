-- Rows are only ever added; the one thing that changes is the batch in which a row was sealed, once.
ALTER TABLE audit_logs
  -- Whom the actor acted for, where it was somebody else: the patient of a guardian.
  ADD COLUMN on_behalf_of BINARY(16) NULL AFTER actor_role,
  -- HMAC-SHA256 of the row under a key of the application. NULL: the row is older than such marks.
  ADD COLUMN mark BINARY(32) NULL,
  -- NULL: not sealed yet.
  ADD COLUMN batch BIGINT UNSIGNED NULL,
  ADD COLUMN digest BINARY(32) GENERATED ALWAYS AS (unhex(sha2(concat(
    occurred_at, '|', coalesce(hex(actor_id), ''), '|', coalesce(actor_role, ''), '|', coalesce(hex(on_behalf_of), ''), '|',
    coalesce(hex(api_key_id), ''), '|', action, '|', resource_type, '|', coalesce(hex(resource_id), ''), '|',
    coalesce(changes, ''), '|', address, '|', user_agent, '|', request_id, '|', coalesce(hex(mark), '')), 256))) STORED,
  ADD UNIQUE KEY uq_audit_logs_pinned (tenant_id, id, batch, digest),
  ADD KEY ix_audit_logs_batch (batch, tenant_id, id),
  ADD KEY ix_audit_logs_time (tenant_id, occurred_at, id),
  ADD KEY ix_audit_logs_action (tenant_id, action, occurred_at, id),
  ADD KEY ix_audit_logs_of_resource (tenant_id, resource_type, resource_id, occurred_at, id),
  ADD KEY ix_audit_logs_of_actor (tenant_id, actor_id, occurred_at, id),
  DROP KEY ix_audit_logs_resource,
  DROP KEY ix_audit_logs_actor;

-- Pins a sealed row: while the pin is there, the database refuses to change what it names, or to delete the row.
CREATE TABLE audit_pins (
  tenant_id BINARY(16) NOT NULL,
  audit_id BINARY(16) NOT NULL,
  batch BIGINT UNSIGNED NOT NULL,
  digest BINARY(32) NOT NULL,
  PRIMARY KEY (tenant_id, audit_id, batch, digest),
  CONSTRAINT fk_audit_pins_log FOREIGN KEY (tenant_id, audit_id, batch, digest)
    REFERENCES audit_logs (tenant_id, id, batch, digest)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The chain: each batch names the hash of the one before, so that none can be changed, removed or put in unseen.
CREATE TABLE audit_batches (
  tenant_id BINARY(16) NOT NULL,
  number BIGINT UNSIGNED NOT NULL,
  row_count INT UNSIGNED NOT NULL,
  -- Rows that the application did not write.
  stranger_count INT UNSIGNED NOT NULL,
  -- Whether its rows are older than marks are; such batches begin a chain.
  before_marks TINYINT(1) NOT NULL,
  -- SHA-256 over the SHA-256 of each row, in the order of their ids.
  rows_hash BINARY(32) NOT NULL,
  previous_number BIGINT UNSIGNED NULL,
  -- Of the batch before. NULL: there is none.
  previous_hash BINARY(32) NULL,
  hash BINARY(32) NOT NULL,
  -- When the latest of its rows happened.
  last_occurred_at DATETIME(3) NOT NULL,
  sealed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, number),
  UNIQUE KEY uq_audit_batches_hash (tenant_id, number, hash),
  KEY ix_audit_batches_previous (tenant_id, previous_number, previous_hash),
  CONSTRAINT fk_audit_batches_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT fk_audit_batches_previous FOREIGN KEY (tenant_id, previous_number, previous_hash)
    REFERENCES audit_batches (tenant_id, number, hash),
  CONSTRAINT ck_audit_batches_previous CHECK ((number = 1) = (previous_hash IS NULL))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Batches whose rows have gone into a file, when their retention had ended.
CREATE TABLE audit_archives (
  tenant_id BINARY(16) NOT NULL,
  first_batch BIGINT UNSIGNED NOT NULL,
  last_batch BIGINT UNSIGNED NOT NULL,
  row_count INT UNSIGNED NOT NULL,
  -- The key of the file where files are kept.
  file VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bytes BIGINT UNSIGNED NOT NULL,
  sha256 BINARY(32) NOT NULL,
  archived_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, first_batch),
  CONSTRAINT fk_audit_archives_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
