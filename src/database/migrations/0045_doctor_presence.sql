ALTER TABLE doctors
  -- What a doctor was before their last connection was gone, which took them offline; it comes back with them. Null otherwise.
  ADD COLUMN status_before_absence VARCHAR(20) NULL AFTER status;
