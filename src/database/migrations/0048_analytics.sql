-- What analytics builds its figures from: events as they happened, without what no figure needs. They are kept when the
-- outbox has forgotten them. No foreign keys: analytics knows of the clinic what events say, and may move elsewhere.
CREATE TABLE analytics_events (
  tenant_id BINARY(16) NOT NULL,
  event_id BINARY(16) NOT NULL,
  -- Of what it tells: an appointment, an entry of the waitlist, a doctor, a patient, the clinic.
  subject_id BINARY(16) NOT NULL,
  type VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  occurred_at DATETIME(3) NOT NULL,
  payload JSON NOT NULL,
  -- 1 until it is in the figures, then NULL.
  pending TINYINT UNSIGNED NULL,
  PRIMARY KEY (tenant_id, event_id),
  KEY ix_analytics_events_subject (tenant_id, subject_id),
  KEY ix_analytics_events_pending (pending, tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Whoever changes figures of a clinic locks its row, so that one process at a time does.
CREATE TABLE analytics_tenants (
  tenant_id BINARY(16) NOT NULL,
  -- Whose dates and hours the figures are in.
  timezone VARCHAR(64) NOT NULL,
  -- A rebuild under way has done every subject up to this one; NULL: none is, or this part of it is over.
  rebuilt_subject BINARY(16) NULL,
  -- Then it has done every date up to this one.
  rebuilt_date DATE NULL,
  PRIMARY KEY (tenant_id),
  KEY ix_analytics_tenants_subject (rebuilt_subject),
  KEY ix_analytics_tenants_date (rebuilt_date)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- One row for each appointment, as its last version says.
CREATE TABLE analytics_visits (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  -- Who the patient is now: records that became one are one.
  patient_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  -- Zeros where there is none.
  location_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  minutes SMALLINT UNSIGNED NOT NULL,
  -- On the clock of the clinic.
  local_date DATE NOT NULL,
  local_hour TINYINT UNSIGNED NOT NULL,
  status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Whole hours from booking to start.
  lead_hours INT UNSIGNED NOT NULL,
  late_cancelled BOOLEAN NOT NULL,
  price_amount BIGINT UNSIGNED NULL,
  price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- Whether the patient was reminded of this time, and whether they said that they will come.
  reminded BOOLEAN NOT NULL,
  attendance_confirmed BOOLEAN NOT NULL,
  -- Whether it is the first visit of the patient that was neither cancelled nor missed.
  first_visit BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (tenant_id, id),
  KEY ix_analytics_visits_date (tenant_id, local_date, doctor_id, location_id, service_id, status, lead_hours, patient_id, first_visit),
  KEY ix_analytics_visits_patient (tenant_id, patient_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The visits of a date, summed up. Made anew from them whenever one of them changes.
CREATE TABLE analytics_days (
  tenant_id BINARY(16) NOT NULL,
  local_date DATE NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  -- Zeros where there is none.
  location_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  -- Empty where the service has no price.
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pending INT UNSIGNED NOT NULL,
  confirmed INT UNSIGNED NOT NULL,
  checked_in INT UNSIGNED NOT NULL,
  in_progress INT UNSIGNED NOT NULL,
  completed INT UNSIGNED NOT NULL,
  cancelled INT UNSIGNED NOT NULL,
  no_show INT UNSIGNED NOT NULL,
  late_cancelled INT UNSIGNED NOT NULL,
  -- Of the doctor: a visit that several patients share counts once.
  booked_minutes INT UNSIGNED NOT NULL,
  -- Minor units of the currency.
  booked_amount BIGINT UNSIGNED NOT NULL,
  completed_amount BIGINT UNSIGNED NOT NULL,
  -- Of those reminded in time: all, who came, who did not, who cancelled.
  reminded INT UNSIGNED NOT NULL,
  reminded_attended INT UNSIGNED NOT NULL,
  reminded_no_show INT UNSIGNED NOT NULL,
  reminded_cancelled INT UNSIGNED NOT NULL,
  attendance_confirmed INT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id, local_date, doctor_id, location_id, service_id, currency)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The same by the hour in which a visit starts, without those that were cancelled.
CREATE TABLE analytics_hours (
  tenant_id BINARY(16) NOT NULL,
  local_date DATE NOT NULL,
  local_hour TINYINT UNSIGNED NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  location_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  visits INT UNSIGNED NOT NULL,
  no_shows INT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id, local_date, doctor_id, local_hour, location_id, service_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- How long a doctor works on a date, by the hours as they stood when the date ended, or as they stand now.
CREATE TABLE analytics_working (
  tenant_id BINARY(16) NOT NULL,
  local_date DATE NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  location_id BINARY(16) NOT NULL,
  minutes SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id, local_date, doctor_id, location_id),
  KEY ix_analytics_working_doctor (tenant_id, doctor_id, local_date)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Up to which date the working time of a doctor has been written down.
CREATE TABLE analytics_doctors (
  tenant_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  worked_out_until DATE NOT NULL,
  PRIMARY KEY (tenant_id, doctor_id),
  KEY ix_analytics_doctors_until (worked_out_until)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- One row for each entry of the waitlist.
CREATE TABLE analytics_waits (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  -- NULL: any doctor.
  doctor_id BINARY(16) NULL,
  service_id BINARY(16) NOT NULL,
  -- When it was entered, on the calendar of the clinic.
  local_date DATE NOT NULL,
  status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Whole hours until it was booked.
  hours_to_booking INT UNSIGNED NULL,
  offers INT UNSIGNED NOT NULL,
  accepted INT UNSIGNED NOT NULL,
  declined INT UNSIGNED NOT NULL,
  expired INT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_analytics_waits_date (tenant_id, local_date)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
