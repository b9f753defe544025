-- Roles that a clinic makes for itself, beside those that are built in.
CREATE TABLE custom_roles (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  name VARCHAR(100) NOT NULL,
  permissions JSON NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_custom_roles_name (tenant_id, name),
  CONSTRAINT fk_custom_roles_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

ALTER TABLE users
  -- Says what the user may do, in place of `role`, which still says who they are.
  ADD COLUMN role_id BINARY(16) NULL AFTER role,
  ADD CONSTRAINT fk_users_custom_role FOREIGN KEY (tenant_id, role_id) REFERENCES custom_roles (tenant_id, id);

-- A program acts by a key for the user who made it, and can never do more than that user.
CREATE TABLE api_keys (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  name VARCHAR(100) NOT NULL,
  permissions JSON NOT NULL,
  -- SHA-256 of the key, which holds 256 random bits: no slow hash is needed.
  key_hash BINARY(32) NOT NULL,
  -- The end of the key, by which people recognise it.
  hint CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NULL,
  last_used_at DATETIME(3) NULL,
  -- The row stays, since audit rows name it.
  revoked_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_api_keys_hash (tenant_id, key_hash),
  CONSTRAINT fk_api_keys_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

ALTER TABLE audit_logs
  -- The API key by which the actor acted; NULL where they did so themselves.
  ADD COLUMN api_key_id BINARY(16) NULL AFTER actor_role;
