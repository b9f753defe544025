-- Patients who wait for a time to become free. Their ids grow with time: that is their order.
CREATE TABLE waitlist_entries (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  patient_id BINARY(16) NOT NULL,
  -- NULL: any doctor, of the specialization if there is one.
  doctor_id BINARY(16) NULL,
  specialization VARCHAR(100) NULL,
  service_id BINARY(16) NOT NULL,
  earliest DATETIME(3) NOT NULL,
  latest DATETIME(3) NOT NULL,
  -- 1 = Monday … 7 = Sunday; NULL: any day.
  days_of_week JSON NULL,
  -- Minutes after midnight on the doctor's wall clock; NULL: any time.
  start_minute SMALLINT UNSIGNED NULL,
  end_minute SMALLINT UNSIGNED NULL,
  status VARCHAR(10) NOT NULL,
  entered_by BINARY(16) NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_waitlist_entries_status (tenant_id, status, id),
  KEY ix_waitlist_entries_patient (tenant_id, patient_id, id),
  KEY ix_waitlist_entries_latest (status, latest),
  CONSTRAINT fk_waitlist_entries_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT fk_waitlist_entries_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_waitlist_entries_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  CONSTRAINT ck_waitlist_entries_status CHECK (status IN ('waiting', 'offered', 'booked', 'left', 'expired')),
  CONSTRAINT ck_waitlist_entries_time CHECK (earliest < latest)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A time that was offered to an entry. It is live until it has ended: accepted, declined, expired or withdrawn.
CREATE TABLE waitlist_offers (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  entry_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  -- The hold that keeps the time. No foreign key: whoever takes an expired hold's time removes the hold.
  hold_id BINARY(16) NOT NULL,
  made_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  ended_at DATETIME(3) NULL,
  outcome VARCHAR(10) NULL,
  live TINYINT(1) GENERATED ALWAYS AS (if(ended_at IS NULL, 1, NULL)) VIRTUAL,
  PRIMARY KEY (tenant_id, id),
  -- At most one live offer of one time of a doctor, whatever the application does; and one for each entry.
  UNIQUE KEY uq_waitlist_offers_slot (tenant_id, doctor_id, starts_at, live),
  UNIQUE KEY uq_waitlist_offers_entry (tenant_id, entry_id, live),
  -- Nobody is offered the same time twice: who declined, or did not answer, leaves it to the others.
  UNIQUE KEY uq_waitlist_offers_once (tenant_id, entry_id, doctor_id, starts_at),
  KEY ix_waitlist_offers_expires (ended_at, expires_at),
  CONSTRAINT fk_waitlist_offers_entry FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist_entries (tenant_id, id),
  CONSTRAINT fk_waitlist_offers_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_waitlist_offers_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  CONSTRAINT ck_waitlist_offers_outcome CHECK (outcome IN ('accepted', 'declined', 'expired', 'withdrawn')),
  CONSTRAINT ck_waitlist_offers_ended CHECK ((ended_at IS NULL) = (outcome IS NULL))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- An expired hold stays for a day, so that using it late is told apart from a hold that never was; that its time is free
-- again is said once.
ALTER TABLE holds
  ADD COLUMN expiry_announced TINYINT(1) NOT NULL DEFAULT 0,
  ADD KEY ix_holds_announced (expiry_announced, expires_at);
