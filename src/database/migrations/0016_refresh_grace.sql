-- The refresh token before the current one, for a client that has lost the answer which brought the current one.
ALTER TABLE sessions
  ADD COLUMN previous_refresh_id BINARY(16) NULL AFTER refresh_id,
  ADD COLUMN rotated_at DATETIME(3) NULL AFTER previous_refresh_id;
