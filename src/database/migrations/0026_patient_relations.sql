-- Who acts for whom: both are patients of the clinic. A row that is gone leaves its trace in the audit trail.
CREATE TABLE patient_guardians (
  tenant_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  guardian_id BINARY(16) NOT NULL,
  relationship VARCHAR(20) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, patient_id, guardian_id),
  KEY ix_patient_guardians_guardian (tenant_id, guardian_id, patient_id),
  CONSTRAINT fk_patient_guardians_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_patient_guardians_guardian FOREIGN KEY (tenant_id, guardian_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT ck_patient_guardians_other CHECK (patient_id <> guardian_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What a patient has agreed to, or no longer agrees to. Rows are only added; the latest of a kind holds.
CREATE TABLE patient_consents (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  kind VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(10) NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  recorded_by BINARY(16) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_patient_consents_patient (tenant_id, patient_id, id),
  CONSTRAINT fk_patient_consents_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_patient_consents_user FOREIGN KEY (tenant_id, recorded_by) REFERENCES users (tenant_id, id),
  CONSTRAINT ck_patient_consents_status CHECK (status IN ('given', 'withdrawn'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Records that a doctor has opened in an emergency without treating the patient.
CREATE TABLE patient_openings (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  -- Encrypted: it may tell of the patient's health.
  reason VARBINARY(2200) NOT NULL,
  opened_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_patient_openings_patient (tenant_id, patient_id, id),
  KEY ix_patient_openings_user (tenant_id, user_id, patient_id, expires_at),
  CONSTRAINT fk_patient_openings_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_patient_openings_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Blood type, allergies, conditions and medications, encrypted as one.
CREATE TABLE patient_medical_info (
  tenant_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  content MEDIUMBLOB NOT NULL,
  version INT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  updated_by BINARY(16) NOT NULL,
  PRIMARY KEY (tenant_id, patient_id),
  CONSTRAINT fk_patient_medical_info_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_patient_medical_info_user FOREIGN KEY (tenant_id, updated_by) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
