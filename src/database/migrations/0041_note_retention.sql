ALTER TABLE medical_notes
  -- The sweep asks for notes that are old enough for their retention to have ended.
  ADD KEY ix_medical_notes_created (tenant_id, created_at, patient_id);
