-- When the user proved to receive mail at the address.
ALTER TABLE users ADD COLUMN email_verified_at DATETIME(3) NULL AFTER email;

-- A link that a letter carries: good once, until it expires. Its secret is derived and stands nowhere.
CREATE TABLE account_links (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  purpose VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- None for an invitation; and none where a password was forgotten at an address that has no account.
  user_id BINARY(16) NULL,
  email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- What whoever is invited becomes.
  role VARCHAR(20) NULL,
  first_name VARCHAR(100) NULL,
  last_name VARCHAR(100) NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  -- When it was used, withdrawn, or overtaken by a newer one.
  used_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_account_links_user (tenant_id, user_id, purpose),
  KEY ix_account_links_email (tenant_id, purpose, email),
  KEY ix_account_links_expires (expires_at),
  CONSTRAINT fk_account_links_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT fk_account_links_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
  CONSTRAINT ck_account_links_purpose CHECK (purpose IN ('email_verification', 'password_reset', 'invitation'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
