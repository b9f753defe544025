-- Which visit of a patient is marked as the first is found by itself, without all others of the patient.
ALTER TABLE analytics_visits
  ADD KEY ix_analytics_visits_first (tenant_id, patient_id, first_visit),
  DROP KEY ix_analytics_visits_patient,
  ALGORITHM = INPLACE, LOCK = NONE;
