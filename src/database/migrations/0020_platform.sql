-- The operators of the installation are users of a tenant of their own, which is no clinic: no name leads to it, and nobody
-- can sign up with its subdomain, which is reserved.
INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
VALUES (x'00000000000070008000000000000000', 'Platform', 'platform', 'UTC', 'en', '{}', '{}');
