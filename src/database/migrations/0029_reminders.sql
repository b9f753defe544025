-- When a patient is to be reminded of a visit. They follow the appointment: a move makes them anew.
CREATE TABLE reminders (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  appointment_id BINARY(16) NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  offset_minutes INT UNSIGNED NOT NULL,
  due_at DATETIME(3) NOT NULL,
  status VARCHAR(10) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  -- Of one time of a visit nobody is reminded twice, also when it is moved away and back.
  UNIQUE KEY uq_reminders_once (tenant_id, appointment_id, starts_at, offset_minutes),
  KEY ix_reminders_due (status, due_at),
  KEY ix_reminders_starts (starts_at),
  CONSTRAINT fk_reminders_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_reminders_status CHECK (status IN ('pending', 'sent', 'skipped'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Each link of a reminder works once: the row commits with what it did.
CREATE TABLE reminder_answers (
  tenant_id BINARY(16) NOT NULL,
  reminder_id BINARY(16) NOT NULL,
  answer VARCHAR(10) NOT NULL,
  answered_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, reminder_id, answer),
  CONSTRAINT fk_reminder_answers_reminder FOREIGN KEY (tenant_id, reminder_id) REFERENCES reminders (tenant_id, id)
    ON DELETE CASCADE,
  CONSTRAINT ck_reminder_answers_answer CHECK (answer IN ('confirm', 'cancel'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Which visit a number was reminded of, so that a reply finds it. Of the number only a keyed hash is kept.
CREATE TABLE sms_reminders (
  tenant_id BINARY(16) NOT NULL,
  number_hash BINARY(32) NOT NULL,
  reminder_id BINARY(16) NOT NULL,
  sent_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, number_hash, reminder_id),
  KEY ix_sms_reminders_number (number_hash, sent_at),
  CONSTRAINT fk_sms_reminders_reminder FOREIGN KEY (tenant_id, reminder_id) REFERENCES reminders (tenant_id, id)
    ON DELETE CASCADE
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Replies that were acted on: the provider may hand in the same one again.
CREATE TABLE inbound_sms (
  tenant_id BINARY(16) NOT NULL,
  message_sid VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  outcome VARCHAR(20) NOT NULL,
  received_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, message_sid),
  KEY ix_inbound_sms_received (received_at),
  CONSTRAINT fk_inbound_sms_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
