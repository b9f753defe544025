import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sqlStatements } from './sql-in-sources.ts';
import { tablesWithoutTenant } from './tenant-lint.ts';

const MIGRATIONS = 'src/database/migrations';
const migrations = readdirSync(MIGRATIONS)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => readFileSync(`${MIGRATIONS}/${file}`, 'utf8'))
  .join('\n');
const tenantTables = new Set(
  [...migrations.matchAll(/CREATE TABLE (\w+) \(([^;]*)/g)].flatMap(([, table = '', columns = '']) =>
    /^\s*tenant_id /m.test(columns) ? [table] : [],
  ),
);

const OLD_ROWS = 'the operator’s housekeeping, by age, for all tenants';
const SWEEP = 'the sweep looks for what has expired at any tenant, and ends each as its tenant';
const SWEEP_OF_FIGURES = 'looks which tenants have figures to bring up to date, and does so as each tenant';
const FIGURES = 'how much waits at all tenants together, for whoever watches the installation';
const RELAY = 'the relay serves all tenants, and takes from each row whose it is';

const HANDOVER = 'hands over to the core what waits, of any tenant, and takes from each row whose it is';

/** Statements that reach over tenants on purpose: `file: table`, and why. They run on the `SystemDb`. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/command-line/audit-trails.ts: tenants': 'finds out which tenant a subdomain names',
  'src/database/audit-handover.ts: audit_logs': HANDOVER,
  'src/database/event-log.ts: event_sequences': 'the operator makes figures anew for all tenants',
  'src/database/housekeeping.ts: idempotency_keys': OLD_ROWS,
  'src/database/housekeeping.ts: inbox': OLD_ROWS,
  'src/database/housekeeping.ts: outbox': OLD_ROWS,
  'src/domains/audit/repositories/batch.repository.ts: audit_batches':
    'the operator’s commands look at the trails of all tenants, each as its tenant',
  'src/domains/audit/repositories/batch.repository.ts: audit_logs':
    'the sweep seals what waits at any tenant, each as its tenant',
  'src/domains/appointments/chores.ts: calendar_claims': OLD_ROWS,
  'src/domains/appointments/chores.ts: holds': OLD_ROWS,
  'src/domains/analytics/repositories/clinic.repository.ts: analytics_tenants': SWEEP_OF_FIGURES,
  'src/domains/analytics/repositories/source-event.repository.ts: analytics_events': SWEEP_OF_FIGURES,
  'src/domains/analytics/repositories/working.repository.ts: analytics_doctors': SWEEP_OF_FIGURES,
  'src/domains/auth/chores.ts: account_links': OLD_ROWS,
  'src/domains/auth/chores.ts: sessions': OLD_ROWS,
  'src/database/tenant-keys.ts: tenant_keys':
    'the rotation of keys wraps and replaces the keys of all tenants',
  'src/domains/appointments/repositories/hold.repository.ts: holds': SWEEP,
  'src/domains/appointments/repositories/waitlist-offer.repository.ts: waitlist_entries': SWEEP,
  'src/domains/appointments/repositories/waitlist-offer.repository.ts: waitlist_offers': SWEEP,
  'src/domains/medical-notes/repositories/file-removal.repository.ts: file_removals': SWEEP,
  'src/domains/medical-notes/repositories/retention.repository.ts: medical_notes':
    'the sweep looks at which tenants have notes, and asks each of its own',
  'src/domains/patients/repositories/erasure.repository.ts: patient_erasures': SWEEP,
  'src/domains/patients/repositories/import.repository.ts: patient_imports':
    'imports go on in the background, each as its tenant',
  'src/domains/patients/repositories/patient-search.repository.ts: patients':
    'patients with words of an older edition get new ones, each as its tenant',
  'src/domains/tenants/repositories/domain.repository.ts: tenant_domains':
    'finds out which tenant has proved a hostname that another one proves now',
  'src/domains/tenants/repositories/tenant.repository.ts: tenants':
    'finds out which tenant a subdomain names, and which are to be deleted',
  'src/domains/tenants/repositories/tenant.repository.ts: tenant_domains':
    'finds out which tenant a host names',
  'src/domains/notifications/chores.ts: inbound_sms': OLD_ROWS,
  'src/domains/notifications/chores.ts: notification_deliveries': OLD_ROWS,
  'src/domains/notifications/chores.ts: notifications': OLD_ROWS,
  'src/domains/notifications/chores.ts: reminders': OLD_ROWS,
  'src/domains/notifications/repositories/delivery.repository.ts: notification_deliveries': SWEEP,
  'src/domains/notifications/repositories/reminder.repository.ts: reminders': SWEEP,
  'src/domains/notifications/repositories/sms.repository.ts: sms_reminders':
    'finds out which tenant an answer by SMS is for',
  'src/domains/webhooks/chores.ts: webhook_deliveries': OLD_ROWS,
  'src/domains/webhooks/repositories/webhook.repository.ts: webhooks': SWEEP,
  'src/events/figures.ts: outbox': FIGURES,
  'src/events/handover.ts: outbox': HANDOVER,
  'src/events/publish-events.ts: outbox': RELAY,
  'src/events/recover-lost.ts: outbox': RELAY,
};

const reaching = sqlStatements('src').flatMap(({ file, line, text }) =>
  tablesWithoutTenant(text, tenantTables).map((table) => ({ name: `${file}: ${table}`, line, text })),
);

test('every statement on a table of tenants says of which tenant, except those with a reason', () => {
  const faults = reaching.filter(({ name }) => !(name in EXCEPTIONS));
  expect(faults).toEqual([]);
});

test('no exception outlives its statement', () => {
  const names = new Set(reaching.map(({ name }) => name));
  expect(Object.keys(EXCEPTIONS).filter((name) => !names.has(name))).toEqual([]);
});

test('all statements and tables of the product are looked at', () => {
  expect(tenantTables).toContain('appointments');
  expect(tenantTables.size).toBe([...migrations.matchAll(/^CREATE TABLE /gm)].length);
  const files = new Set(sqlStatements('src').map(({ file }) => file));
  expect([...files]).toContain('src/domains/appointments/repositories/appointment.repository.ts');
});

const tables = new Set(['doctors', 'rooms']);
test.each([
  'SELECT id FROM doctors WHERE tenant_id = ? AND id = ?',
  'SELECT d.id FROM doctors d JOIN rooms r ON r.tenant_id = d.tenant_id AND r.id = d.room_id WHERE d.tenant_id = ?',
  'SELECT d.id FROM doctors AS d JOIN rooms USING (tenant_id, room_id) WHERE d.tenant_id = ?',
  'SELECT (SELECT COUNT(*) FROM doctors WHERE tenant_id = ?) + (SELECT COUNT(*) FROM rooms WHERE tenant_id = ?)',
  'INSERT INTO doctors (tenant_id, id) VALUES (?, ?)',
  'UPDATE doctors SET name = ? WHERE (tenant_id, id) IN (?)',
  'SELECT version FROM schema_migrations',
])('the lint lets pass: %s', (text) => {
  expect(tablesWithoutTenant(text, tables)).toEqual([]);
});
test.each([
  ['SELECT id FROM doctors WHERE id = ?', ['doctors']],
  ['SELECT tenant_id, id FROM doctors WHERE id = ? ORDER BY tenant_id', ['doctors']],
  ['SELECT d.id FROM doctors d JOIN rooms r ON r.id = d.room_id WHERE d.tenant_id = ?', ['rooms']],
  ['SELECT id FROM doctors WHERE tenant_id = ? AND room_id IN (SELECT id FROM rooms)', ['doctors', 'rooms']],
  ['UPDATE doctors SET name = ? WHERE id = ?', ['doctors']],
  ['DELETE FROM `doctors` WHERE id = ?', ['doctors']],
  ['INSERT INTO doctors (id) VALUES (?)', ['doctors']],
])('the lint finds: %s', (text, found) => {
  expect(tablesWithoutTenant(text, tables)).toEqual(found);
});
