-- What a person is told inside the product: at most one line for each event.
CREATE TABLE notifications (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  event_id BINARY(16) NOT NULL,
  kind VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(300) NOT NULL,
  body VARCHAR(2000) NOT NULL,
  -- The ids that it speaks of.
  refers_to JSON NOT NULL,
  read_at DATETIME(3) NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_notifications_event (tenant_id, event_id, user_id),
  KEY ix_notifications_user (tenant_id, user_id, id),
  KEY ix_notifications_unread (tenant_id, user_id, read_at, id),
  KEY ix_notifications_created (created_at),
  CONSTRAINT fk_notifications_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What is sent out, and what became of it. The row is the truth: whoever sends claims it first, and queues may lose it.
-- It holds no address and no text: both are looked up when it is sent.
CREATE TABLE notification_deliveries (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  event_id BINARY(16) NOT NULL,
  kind VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  channel VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  recipient_type VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- A user, a patient or the link of an account. No foreign key: the row tells what was sent also when they are gone.
  recipient_id BINARY(16) NOT NULL,
  -- The device, for push; zeros for the other channels.
  target_id BINARY(16) NOT NULL,
  request_id VARCHAR(128) NOT NULL,
  -- What the event said: ids and instants, no names and nothing about health.
  facts JSON NOT NULL,
  status VARCHAR(10) NOT NULL,
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  -- When the row is looked at next: to be sent, to be put into the queue again, or to be taken from a sender that died.
  due_at DATETIME(3) NULL,
  -- After this a temporary failure is for good.
  give_up_at DATETIME(3) NOT NULL,
  -- Set just before the provider can have the message: a sender that dies after it leaves an unknown outcome.
  handed_over_at DATETIME(3) NULL,
  finished_at DATETIME(3) NULL,
  provider_message_id VARCHAR(255) NULL,
  problem VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  detail VARCHAR(500) NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  -- Nobody is told of one event twice over one channel, whatever the application does.
  UNIQUE KEY uq_notification_deliveries_once (tenant_id, event_id, recipient_id, channel, target_id),
  KEY ix_notification_deliveries_due (status, due_at),
  KEY ix_notification_deliveries_status (tenant_id, status, id),
  KEY ix_notification_deliveries_finished (finished_at),
  CONSTRAINT fk_notification_deliveries_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
  CONSTRAINT ck_notification_deliveries_channel CHECK (channel IN ('email', 'sms', 'push')),
  CONSTRAINT ck_notification_deliveries_status CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'dropped'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What a person wants to be told, how and when. What is not set is as by default.
CREATE TABLE notification_preferences (
  tenant_id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  settings JSON NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT fk_notification_preferences_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The clinic's own words for a kind, a channel and a language; without a row, the product's.
CREATE TABLE notification_templates (
  tenant_id BINARY(16) NOT NULL,
  template_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(300) NULL,
  body TEXT NOT NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, template_key),
  CONSTRAINT fk_notification_templates_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Browsers that a person wants to be told in (RFC 8030). One browser has one subscription, whoever is logged in there.
CREATE TABLE push_subscriptions (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  user_id BINARY(16) NOT NULL,
  endpoint VARCHAR(1000) NOT NULL,
  -- SHA-256: an address is too long for a key.
  endpoint_hash BINARY(32) NOT NULL,
  p256dh VARCHAR(200) NOT NULL,
  auth VARCHAR(100) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY uq_push_subscriptions_endpoint (tenant_id, endpoint_hash),
  KEY ix_push_subscriptions_user (tenant_id, user_id, id),
  CONSTRAINT fk_push_subscriptions_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
