CREATE TABLE appointments (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  location_id BINARY(16) NULL,
  room_id BINARY(16) NULL,
  starts_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  -- The wall clock that was booked: it stays right when a zone's rules change.
  timezone VARCHAR(64) NOT NULL,
  local_start CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(20) NOT NULL,
  reason VARCHAR(500) NULL,
  notes VARCHAR(2000) NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_appointments_start (tenant_id, starts_at, id),
  KEY ix_appointments_doctor (tenant_id, doctor_id, starts_at, id),
  KEY ix_appointments_patient (tenant_id, patient_id, starts_at, id),
  CONSTRAINT fk_appointments_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_appointments_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_appointments_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  CONSTRAINT fk_appointments_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
  CONSTRAINT fk_appointments_room FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id),
  CONSTRAINT ck_appointments_status CHECK (
    status IN ('pending', 'confirmed', 'checked_in', 'in_progress', 'completed', 'cancelled', 'no_show')
  ),
  CONSTRAINT ck_appointments_time CHECK (starts_at < ends_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- One row for each five minutes of a doctor, patient or room. The primary key is what makes a double booking impossible.
-- No foreign keys: the rows go in first, so that racers meet here before they have done anything else.
CREATE TABLE calendar_claims (
  tenant_id BINARY(16) NOT NULL,
  calendar_id BINARY(16) NOT NULL,
  -- Five-minute steps since 1970-01-01T00:00Z.
  slot INT UNSIGNED NOT NULL,
  -- The appointment, hold or group visit that has the time.
  holder_id BINARY(16) NOT NULL,
  -- A hold's claim counts until then; NULL: for good.
  expires_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, calendar_id, slot),
  KEY ix_calendar_claims_holder (tenant_id, holder_id),
  KEY ix_calendar_claims_expires (expires_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE appointment_cancellations (
  tenant_id BINARY(16) NOT NULL,
  appointment_id BINARY(16) NOT NULL,
  cancelled_by BINARY(16) NOT NULL,
  cancelled_at DATETIME(3) NOT NULL,
  reason VARCHAR(500) NULL,
  PRIMARY KEY (tenant_id, appointment_id),
  CONSTRAINT fk_appointment_cancellations_appointment
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
  CONSTRAINT fk_appointment_cancellations_user
    FOREIGN KEY (tenant_id, cancelled_by) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What happened to an appointment: one row for each change, never altered.
CREATE TABLE appointment_history (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  appointment_id BINARY(16) NOT NULL,
  occurred_at DATETIME(3) NOT NULL,
  actor_id BINARY(16) NOT NULL,
  action VARCHAR(20) NOT NULL,
  from_status VARCHAR(20) NULL,
  to_status VARCHAR(20) NOT NULL,
  from_starts_at DATETIME(3) NULL,
  to_starts_at DATETIME(3) NOT NULL,
  reason VARCHAR(500) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_appointment_history_appointment (tenant_id, appointment_id, id),
  CONSTRAINT fk_appointment_history_appointment
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
