-- Which edition of a doctor's calendar holds. Whoever takes or frees time of a doctor writes a new version in the same
-- transaction, so that a process knows by one row whether what it has computed from the calendar still holds. A doctor
-- without a row has had no time taken since this table was made. No foreign key: it would lock the doctor once more.
CREATE TABLE calendar_versions (
  tenant_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  version BINARY(16) NOT NULL,
  PRIMARY KEY (tenant_id, doctor_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
