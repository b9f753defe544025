-- Time in which a doctor does not work, whatever the weekly hours and the overrides say.
CREATE TABLE doctor_absences (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  reason VARCHAR(500) NULL,
  created_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_doctor_absences_doctor (tenant_id, doctor_id, ends_at),
  CONSTRAINT fk_doctor_absences_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT ck_doctor_absences_time CHECK (starts_at < ends_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A visit that an absence leaves without its doctor: what was decided about it, and what became of that. A decision
-- commits before anything is done about it, so that whoever finds it can carry on.
CREATE TABLE absence_visits (
  tenant_id BINARY(16) NOT NULL,
  absence_id BINARY(16) NOT NULL,
  appointment_id BINARY(16) NOT NULL,
  -- NULL: nothing is decided yet.
  action VARCHAR(10) NULL,
  -- The time that was decided for; NULL: the best one that can be had.
  wanted_doctor_id BINARY(16) NULL,
  wanted_starts_at DATETIME(3) NULL,
  -- Who decided, as what, and whether they may write into one calendar only: whoever carries it out acts for them.
  decided_by BINARY(16) NULL,
  decided_as VARCHAR(20) NULL,
  own_calendar_only TINYINT(1) NULL,
  request_id VARCHAR(128) NULL,
  outcome VARCHAR(10) NULL,
  code VARCHAR(64) NULL,
  -- The time that the visit was moved to, or that its patient was offered.
  new_doctor_id BINARY(16) NULL,
  new_starts_at DATETIME(3) NULL,
  due TINYINT(1) GENERATED ALWAYS AS (if(action IS NOT NULL AND outcome IS NULL, 1, NULL)) VIRTUAL,
  PRIMARY KEY (tenant_id, absence_id, appointment_id),
  KEY ix_absence_visits_due (due, tenant_id, absence_id),
  CONSTRAINT fk_absence_visits_absence FOREIGN KEY (tenant_id, absence_id) REFERENCES doctor_absences (tenant_id, id),
  CONSTRAINT fk_absence_visits_appointment
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
  CONSTRAINT ck_absence_visits_action CHECK (action IN ('move', 'offer', 'cancel')),
  CONSTRAINT ck_absence_visits_outcome CHECK (outcome IN ('moved', 'offered', 'cancelled', 'changed', 'failed')),
  CONSTRAINT ck_absence_visits_decided CHECK (outcome IS NULL OR action IS NOT NULL)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Whoever lost a time to an absence stands before all others.
ALTER TABLE waitlist_entries
  ADD COLUMN displaced TINYINT(1) NOT NULL DEFAULT 0 AFTER end_minute;
