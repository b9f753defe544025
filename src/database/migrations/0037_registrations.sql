-- NULL: the account claims an address, see registrations, and has none of its own until it is proved.
ALTER TABLE users MODIFY COLUMN email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;

-- An account whose address has to be proved first. Many may claim one address; who proves it has it.
CREATE TABLE registrations (
  tenant_id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- For the record of the patient, which is made with the proof.
  phone VARCHAR(32) NULL,
  date_of_birth DATE NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, user_id),
  KEY ix_registrations_email (tenant_id, email, user_id),
  KEY ix_registrations_created (created_at),
  CONSTRAINT fk_registrations_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
