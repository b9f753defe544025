-- Where a doctor works by an override: the location of the interval at `position` of its list, counted from 0. An interval
-- without a row has no location. The version before reads the intervals alone, and removes these rows with their override.
CREATE TABLE availability_override_locations (
  tenant_id BINARY(16) NOT NULL,
  override_id BINARY(16) NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  location_id BINARY(16) NOT NULL,
  PRIMARY KEY (tenant_id, override_id, position),
  KEY ix_availability_override_locations_location (tenant_id, location_id),
  CONSTRAINT fk_availability_override_locations_override
    FOREIGN KEY (tenant_id, override_id) REFERENCES availability_overrides (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_availability_override_locations_location
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
