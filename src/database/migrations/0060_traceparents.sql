-- Which span of a trace put the row here (W3C Trace Context), so that what becomes of it elsewhere is a part of the same trace.
ALTER TABLE outbox ADD COLUMN traceparent VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE notification_deliveries ADD COLUMN traceparent VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE webhook_deliveries ADD COLUMN traceparent VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL;
