-- Time that somebody keeps for a few minutes while they decide. An expired hold blocks nobody, even before it is swept.
CREATE TABLE holds (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  -- NULL: staff hold the doctor's time before they know for whom.
  patient_id BINARY(16) NULL,
  group_id BINARY(16) NULL,
  starts_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_holds_doctor (tenant_id, doctor_id, starts_at),
  KEY ix_holds_patient (tenant_id, patient_id, starts_at),
  KEY ix_holds_group (tenant_id, group_id),
  KEY ix_holds_expires (expires_at),
  CONSTRAINT fk_holds_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_holds_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A visit that several patients share: it claims the doctor's time once, and its seats are the rows that name it.
CREATE TABLE group_visits (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  room_id BINARY(16) NULL,
  starts_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_group_visits_start (tenant_id, doctor_id, starts_at, service_id),
  CONSTRAINT fk_group_visits_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_group_visits_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

ALTER TABLE appointments
  ADD COLUMN group_id BINARY(16) NULL AFTER room_id,
  ADD COLUMN override_reason VARCHAR(500) NULL AFTER notes,
  ADD CONSTRAINT fk_appointments_group FOREIGN KEY (tenant_id, group_id) REFERENCES group_visits (tenant_id, id);
