-- The authenticator of a user. It counts from the moment at which a code of it was shown.
CREATE TABLE totp_factors (
  tenant_id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  -- Encrypted.
  secret VARBINARY(255) NOT NULL,
  activated_at DATETIME(3) NULL,
  -- The 30 seconds of the last code that was taken: it and those before are good no more.
  last_time_step BIGINT UNSIGNED NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT fk_totp_factors_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Codes for whoever has lost the authenticator, each good once. A row that is used is gone.
CREATE TABLE recovery_codes (
  tenant_id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  code_hash BINARY(32) NOT NULL,
  PRIMARY KEY (tenant_id, user_id, code_hash),
  CONSTRAINT fk_recovery_codes_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
