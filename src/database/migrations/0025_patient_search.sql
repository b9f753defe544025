-- The words by which a patient is found: names, birth date, number, phone and email address, folded to one spelling. A search
-- reads the words that begin with what was typed; the primary key holds all words of one patient together.
CREATE TABLE patient_words (
  tenant_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  word VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (tenant_id, patient_id, word),
  KEY ix_patient_words_word (tenant_id, word, patient_id),
  CONSTRAINT fk_patient_words_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

ALTER TABLE patients
  -- Which edition of the words the patient has; those of an older one get new words in the background.
  ADD COLUMN words_edition TINYINT UNSIGNED NOT NULL DEFAULT 0,
  -- The record that this one was found to be a double of; it has everything now.
  ADD COLUMN merged_into BINARY(16) NULL,
  ADD COLUMN erased_at DATETIME(3) NULL,
  ADD KEY ix_patients_words_edition (words_edition),
  ADD KEY ix_patients_merged (tenant_id, merged_into),
  ADD CONSTRAINT fk_patients_merged FOREIGN KEY (tenant_id, merged_into) REFERENCES patients (tenant_id, id);
