-- Calendars that a program fetches without a login. The address is a secret of which only the SHA-256 is kept.
CREATE TABLE calendar_feeds (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  -- Who made it: it shows what this user may see, as long as the user may.
  user_id BINARY(16) NOT NULL,
  scope VARCHAR(20) NOT NULL,
  -- Whose calendar it is; NULL: the visits of the patient that the user is.
  doctor_id BINARY(16) NULL,
  secret_hash BINARY(32) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  last_used_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_calendar_feeds_secret (tenant_id, secret_hash),
  KEY ix_calendar_feeds_user (tenant_id, user_id, id),
  CONSTRAINT fk_calendar_feeds_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
  CONSTRAINT fk_calendar_feeds_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT ck_calendar_feeds_scope CHECK (
    (scope = 'doctor' AND doctor_id IS NOT NULL) OR (scope = 'patient' AND doctor_id IS NULL)
  )
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The lock under which one import at a time compares a holiday calendar with the closures that are there.
CREATE TABLE closure_imports (
  tenant_id BINARY(16) NOT NULL,
  imported_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id),
  CONSTRAINT fk_closure_imports_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
