CREATE TABLE patients (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NULL,
  medical_record_number VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  first_name VARCHAR(100) NOT NULL,
  last_name VARCHAR(100) NOT NULL,
  date_of_birth DATE NULL,
  sex VARCHAR(10) NULL,
  email VARCHAR(254) NULL,
  phone VARCHAR(32) NULL,
  address VARCHAR(500) NULL,
  preferred_language VARCHAR(35) NULL,
  emergency_contact JSON NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  live TINYINT(1) GENERATED ALWAYS AS (if(deleted_at IS NULL, 1, NULL)) VIRTUAL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_patients_user (tenant_id, user_id, live),
  UNIQUE KEY uq_patients_record_number (tenant_id, medical_record_number),
  KEY ix_patients_name (tenant_id, last_name, first_name),
  CONSTRAINT fk_patients_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT fk_patients_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A record number is never given twice, also not after its patient is gone.
CREATE TABLE medical_record_counters (
  tenant_id BINARY(16) NOT NULL,
  last_number INT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id),
  CONSTRAINT fk_medical_record_counters_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
