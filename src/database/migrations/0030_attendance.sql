-- When the patient said that they will come to the time that is booked; a move asks anew.
ALTER TABLE appointments
  ADD COLUMN attendance_confirmed_at DATETIME(3) NULL;
