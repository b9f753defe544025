ALTER TABLE tenant_domains
  -- What its owner publishes in DNS to prove the hostname. Empty: nothing proves it.
  ADD COLUMN verification VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER hostname,
  ADD UNIQUE KEY uq_tenant_domains_hostname (tenant_id, hostname);

ALTER TABLE tenants
  ADD COLUMN plan_name VARCHAR(40) NOT NULL DEFAULT 'standard' AFTER status,
  -- How many active doctors the plan allows; NULL: any number.
  ADD COLUMN max_doctors INT UNSIGNED NULL AFTER plan_name,
  -- How many active users who are not patients the plan allows; NULL: any number.
  ADD COLUMN max_users INT UNSIGNED NULL AFTER max_doctors,
  -- When a suspended tenant is deleted for good, unless it is activated before.
  ADD COLUMN delete_after DATETIME(3) NULL AFTER max_users,
  ADD KEY ix_tenants_delete_after (delete_after);

ALTER TABLE tenants DROP CONSTRAINT ck_tenants_status;

ALTER TABLE tenants
  ADD CONSTRAINT ck_tenants_status CHECK (status IN ('active', 'suspended', 'deleting'));
