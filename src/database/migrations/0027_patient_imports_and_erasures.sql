-- A list of patients that somebody brings from elsewhere. The text is kept until every row has been read.
CREATE TABLE patient_imports (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  status VARCHAR(10) NOT NULL,
  dry_run BOOLEAN NOT NULL,
  csv MEDIUMTEXT NULL,
  -- How to read it: delimiter, columns, what to do with duplicates.
  reading JSON NOT NULL,
  total_rows INT UNSIGNED NOT NULL,
  -- Rows that are dealt with: they commit together with what came of them.
  done_rows INT UNSIGNED NOT NULL,
  created_rows INT UNSIGNED NOT NULL,
  duplicate_rows INT UNSIGNED NOT NULL,
  faulty_rows INT UNSIGNED NOT NULL,
  findings JSON NOT NULL,
  started_by BINARY(16) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  finished_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_patient_imports_status (status, created_at),
  CONSTRAINT fk_patient_imports_user FOREIGN KEY (tenant_id, started_by) REFERENCES users (tenant_id, id),
  CONSTRAINT ck_patient_imports_status CHECK (status IN ('queued', 'running', 'checked', 'refused', 'imported'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Patients who were erased, and what is still kept of them because the law says so.
CREATE TABLE patient_erasures (
  tenant_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  erased_by BINARY(16) NOT NULL,
  erased_at DATETIME(3) NOT NULL,
  -- When the next of what is kept may go; NULL: nothing is kept.
  due_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, patient_id),
  KEY ix_patient_erasures_due (due_at),
  CONSTRAINT fk_patient_erasures_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
