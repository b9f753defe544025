-- What a repeated visit was asked for as. Its appointments name it, each with its place in the recurrence.
CREATE TABLE appointment_series (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  -- RFC 5545, section 3.3.10, as it was sent.
  recurrence VARCHAR(200) NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  -- The zone on whose wall clock the series repeats.
  timezone VARCHAR(64) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_appointment_series_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_appointment_series_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

ALTER TABLE appointments
  ADD COLUMN series_id BINARY(16) NULL AFTER group_id,
  ADD COLUMN series_index SMALLINT UNSIGNED NULL AFTER series_id,
  ADD UNIQUE KEY uq_appointments_series (tenant_id, series_id, series_index),
  ADD CONSTRAINT fk_appointments_series FOREIGN KEY (tenant_id, series_id) REFERENCES appointment_series (tenant_id, id);
