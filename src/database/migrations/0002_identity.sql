CREATE TABLE users (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  -- Kept in lower case; compared byte by byte, so that é never equals e.
  email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  password_hash CHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role VARCHAR(20) NOT NULL,
  first_name VARCHAR(100) NOT NULL,
  last_name VARCHAR(100) NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  live TINYINT(1) GENERATED ALWAYS AS (if(deleted_at IS NULL, 1, NULL)) VIRTUAL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_users_email (tenant_id, email, live),
  KEY ix_users_role (tenant_id, role, id),
  CONSTRAINT fk_users_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_users_role CHECK (role IN ('super_admin', 'tenant_admin', 'doctor', 'receptionist', 'patient'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A session holds one refresh token at a time: each use replaces its id, and an id that comes back betrays a theft.
CREATE TABLE sessions (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  refresh_id BINARY(16) NOT NULL,
  address VARCHAR(45) NOT NULL,
  user_agent VARCHAR(255) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  last_seen_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  revoked_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_sessions_user (tenant_id, user_id, id),
  KEY ix_sessions_expires (expires_at),
  CONSTRAINT fk_sessions_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
