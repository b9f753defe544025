-- When a worker last wrote here. What a replica has of it tells how far behind it is. One row, that of the platform.
CREATE TABLE replica_beats (
  tenant_id BINARY(16) NOT NULL,
  beat_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
