-- What a doctor writes about a visit. An addendum is a note that belongs to another one and is signed from the start.
CREATE TABLE medical_notes (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  appointment_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  addendum_to BINARY(16) NULL,
  kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Encrypted under the tenant's key.
  content MEDIUMBLOB NOT NULL,
  content_digest BINARY(32) GENERATED ALWAYS AS (unhex(sha2(content, 256))) STORED,
  -- A keyed hash of each word, to search by.
  words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Whose signature it bears, when, and the SHA-256 of what was signed. NULL: a draft.
  signed_by BINARY(16) NULL,
  signed_at DATETIME(3) NULL,
  content_hash BINARY(32) NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_medical_notes_signed (
    tenant_id, id, appointment_id, doctor_id, kind, signed_by, signed_at, content_hash, content_digest
  ),
  KEY ix_medical_notes_patient (tenant_id, patient_id, id),
  KEY ix_medical_notes_doctor (tenant_id, doctor_id, id),
  KEY ix_medical_notes_appointment (tenant_id, appointment_id, id),
  KEY ix_medical_notes_addendum (tenant_id, addendum_to, id),
  FULLTEXT KEY ft_medical_notes_words (words),
  CONSTRAINT fk_medical_notes_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
  CONSTRAINT fk_medical_notes_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_medical_notes_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_medical_notes_addendum FOREIGN KEY (tenant_id, addendum_to) REFERENCES medical_notes (tenant_id, id),
  CONSTRAINT fk_medical_notes_signer FOREIGN KEY (tenant_id, signed_by) REFERENCES users (tenant_id, id),
  CONSTRAINT ck_medical_notes_kind CHECK (kind IN ('soap', 'progress', 'prescription', 'referral', 'addendum')),
  CONSTRAINT ck_medical_notes_signature CHECK (
    (signed_at IS NULL) = (signed_by IS NULL) AND (signed_at IS NULL) = (content_hash IS NULL)
  ),
  CONSTRAINT ck_medical_notes_deleted CHECK (deleted_at IS NULL OR signed_at IS NULL)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Pins a signed note: while the row is there, the database refuses to change what it names, or to delete the note. The row
-- itself cannot be changed either, only removed, which is done to encrypt a note anew and when its retention has ended.
CREATE TABLE medical_note_locks (
  tenant_id BINARY(16) NOT NULL,
  note_id BINARY(16) NOT NULL,
  appointment_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  signed_by BINARY(16) NOT NULL,
  signed_at DATETIME(3) NOT NULL,
  content_hash BINARY(32) NOT NULL,
  content_digest BINARY(32) NOT NULL,
  PRIMARY KEY (tenant_id, note_id),
  CONSTRAINT fk_medical_note_locks_note FOREIGN KEY (
    tenant_id, note_id, appointment_id, doctor_id, kind, signed_by, signed_at, content_hash, content_digest
  ) REFERENCES medical_notes (
    tenant_id, id, appointment_id, doctor_id, kind, signed_by, signed_at, content_hash, content_digest
  )
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Other doctors who have put their name below a signed note.
CREATE TABLE medical_note_cosignatures (
  tenant_id BINARY(16) NOT NULL,
  note_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  signed_by BINARY(16) NOT NULL,
  signed_at DATETIME(3) NOT NULL,
  -- Of the note as they signed it.
  content_hash BINARY(32) NOT NULL,
  PRIMARY KEY (tenant_id, note_id, doctor_id),
  CONSTRAINT fk_medical_note_cosignatures_note FOREIGN KEY (tenant_id, note_id) REFERENCES medical_notes (tenant_id, id),
  CONSTRAINT fk_medical_note_cosignatures_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_medical_note_cosignatures_signer FOREIGN KEY (tenant_id, signed_by) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Texts to begin a note with. They speak of no patient.
CREATE TABLE medical_note_templates (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  name VARCHAR(100) NOT NULL,
  kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content JSON NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_medical_note_templates_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_medical_note_templates_kind CHECK (kind IN ('soap', 'progress', 'prescription', 'referral'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
