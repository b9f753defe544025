-- When the patient said that they will come to the time that is booked; a move asks anew.
ALTER TABLE appointments
  ADD COLUMN attendance_confirmed_at DATETIME(3) NULL;

-- NULL: the patient, who answered a reminder without an account.
ALTER TABLE appointment_cancellations
  MODIFY COLUMN cancelled_by BINARY(16) NULL;

-- NULL: the patient, who answered a reminder without an account.
ALTER TABLE appointment_history
  MODIFY COLUMN actor_id BINARY(16) NULL;
