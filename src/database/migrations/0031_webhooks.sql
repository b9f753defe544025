-- Where a clinic wants to be told what happens.
CREATE TABLE webhooks (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  url VARCHAR(2000) NOT NULL,
  -- Types of events; * is every one.
  events JSON NOT NULL,
  description VARCHAR(200) NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  -- Sealed under the tenant's key.
  secret VARBINARY(200) NOT NULL,
  -- The secret before, which signs as well until then.
  previous_secret VARBINARY(200) NULL,
  previous_secret_until DATETIME(3) NULL,
  -- Since when nothing arrives; NULL while the target answers.
  failing_since DATETIME(3) NULL,
  disabled_at DATETIME(3) NULL,
  disabled_reason VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- When the oldest waiting delivery is to be tried; NULL while none waits.
  due_at DATETIME(3) NULL,
  -- One process at a time delivers, so that the order is kept; if it dies, another takes over then.
  leased_until DATETIME(3) NULL,
  version INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_webhooks_due (due_at),
  CONSTRAINT fk_webhooks_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- One event for one webhook. It commits with the fact that the event has been taken, so none is missed.
CREATE TABLE webhook_deliveries (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  webhook_id BINARY(16) NOT NULL,
  event_id BINARY(16) NOT NULL,
  event_type VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- The event's place among those of the tenant, by which deliveries are ordered; 0 for a test.
  sequence BIGINT UNSIGNED NOT NULL,
  -- As it is sent: every attempt sends and signs the same bytes.
  body MEDIUMTEXT NOT NULL,
  status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  first_attempt_at DATETIME(3) NULL,
  next_attempt_at DATETIME(3) NULL,
  redelivery_of BINARY(16) NULL,
  created_at DATETIME(3) NOT NULL,
  completed_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_webhook_deliveries_waiting (tenant_id, webhook_id, status, sequence, id),
  KEY ix_webhook_deliveries_completed (completed_at),
  CONSTRAINT fk_webhook_deliveries_webhook FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id),
  CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'succeeded', 'failed'))
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What was answered, or why nothing was.
CREATE TABLE webhook_attempts (
  tenant_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  delivery_id BINARY(16) NOT NULL,
  attempted_at DATETIME(3) NOT NULL,
  duration_ms INT UNSIGNED NOT NULL,
  status_code SMALLINT UNSIGNED NULL,
  -- The beginning of the answer.
  response_body TEXT NULL,
  error VARCHAR(200) NULL,
  PRIMARY KEY (tenant_id, id),
  KEY ix_webhook_attempts_delivery (tenant_id, delivery_id, id),
  CONSTRAINT fk_webhook_attempts_delivery FOREIGN KEY (tenant_id, delivery_id)
    REFERENCES webhook_deliveries (tenant_id, id) ON DELETE CASCADE
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
