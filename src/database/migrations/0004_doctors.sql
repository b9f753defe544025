CREATE TABLE locations (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  address VARCHAR(500) NOT NULL,
  timezone VARCHAR(64) NOT NULL,
  phone VARCHAR(32) NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_locations_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE rooms (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  location_id BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_rooms_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE services (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  name VARCHAR(200) NOT NULL,
  duration_minutes SMALLINT UNSIGNED NOT NULL,
  buffer_before_minutes SMALLINT UNSIGNED NOT NULL,
  buffer_after_minutes SMALLINT UNSIGNED NOT NULL,
  slot_interval_minutes SMALLINT UNSIGNED NULL,
  capacity SMALLINT UNSIGNED NOT NULL,
  price_amount INT UNSIGNED NULL,
  price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  modality VARCHAR(20) NOT NULL,
  color CHAR(7) CHARACTER SET ascii COLLATE ascii_bin NULL,
  requires_confirmation BOOLEAN NOT NULL,
  bookable_by_patients BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_services_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_services_grain CHECK (
    duration_minutes > 0 AND duration_minutes % 5 = 0
    AND buffer_before_minutes % 5 = 0 AND buffer_after_minutes % 5 = 0
  )
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE doctors (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NULL,
  first_name VARCHAR(100) NOT NULL,
  last_name VARCHAR(100) NOT NULL,
  title VARCHAR(50) NULL,
  specializations JSON NOT NULL,
  bio TEXT NULL,
  languages JSON NOT NULL,
  license_number VARCHAR(50) NULL,
  timezone VARCHAR(64) NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'offline',
  active BOOLEAN NOT NULL,
  -- Name, title, specializations and bio in one text.
  search_text TEXT NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  -- Grows with every change of the weekly hours.
  availability_version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_doctors_user (tenant_id, user_id),
  FULLTEXT KEY ft_doctors_search (search_text),
  CONSTRAINT fk_doctors_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT fk_doctors_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
  CONSTRAINT ck_doctors_status CHECK (status IN ('available', 'busy', 'away', 'offline'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE doctor_services (
  tenant_id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  service_id BINARY(16) NOT NULL,
  PRIMARY KEY (tenant_id, doctor_id, service_id),
  KEY ix_doctor_services_service (tenant_id, service_id),
  CONSTRAINT fk_doctor_services_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_doctor_services_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Weekly hours on the doctor's wall clock, in minutes after midnight. An end at or before the start lies on the next day.
CREATE TABLE doctor_availability (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  day_of_week TINYINT UNSIGNED NOT NULL,
  start_minute SMALLINT UNSIGNED NOT NULL,
  end_minute SMALLINT UNSIGNED NOT NULL,
  location_id BINARY(16) NULL,
  -- NULL: every service that the doctor offers.
  service_ids JSON NULL,
  effective_from DATE NULL,
  effective_to DATE NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_doctor_availability_doctor (tenant_id, doctor_id),
  CONSTRAINT fk_doctor_availability_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT fk_doctor_availability_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
  CONSTRAINT ck_doctor_availability_day CHECK (day_of_week BETWEEN 1 AND 7)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE availability_overrides (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  doctor_id BINARY(16) NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  kind VARCHAR(20) NOT NULL,
  intervals JSON NOT NULL,
  reason VARCHAR(500) NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, id),
  KEY ix_availability_overrides_doctor (tenant_id, doctor_id, end_date),
  CONSTRAINT fk_availability_overrides_doctor FOREIGN KEY (tenant_id, doctor_id) REFERENCES doctors (tenant_id, id),
  CONSTRAINT ck_availability_overrides_kind CHECK (kind IN ('unavailable', 'custom'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE closures (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  name VARCHAR(200) NOT NULL,
  -- NULL: the whole clinic.
  location_id BINARY(16) NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  PRIMARY KEY (tenant_id, id),
  KEY ix_closures_end (tenant_id, end_date),
  CONSTRAINT fk_closures_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT fk_closures_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
