import { describe, expect, test } from '@jest/globals';
import { MIGRATIONS, readMigrations } from '../migration-files.ts';
import { judge, madeBy, SMALL_TABLES } from '../migration-safety.ts';

/** The last one from before this rule, when no installation had anything to lose. */
const BEFORE_THE_RULE = '0065';

const isOld = () => true;
const faultsOf = (statement: string) => judge(statement, isOld).faults;
const ONLINE = 'ALGORITHM=INPLACE, LOCK=NONE';

test('no migration since lets people wait, unless it says why it may', async () => {
  const migrations = await readMigrations(MIGRATIONS);
  const old = migrations.filter(({ name }) => name.slice(0, 4) <= BEFORE_THE_RULE);
  const tables = new Set(old.flatMap(({ statements }) => statements.map(madeBy)));
  const complaints: string[] = [];
  for (const { name, statements } of migrations.filter((migration) => !old.includes(migration))) {
    for (const statement of statements) {
      const { faults, excuse } = judge(statement, (table) => tables.has(table));
      if (excuse === undefined)
        complaints.push(...faults.map((fault) => `${name}: it ${fault}:\n${statement}`));
    }
    for (const made of statements.map(madeBy)) tables.add(made);
  }
  expect(complaints).toEqual([]);
});

test('tables that count as small are there', async () => {
  const made = (await readMigrations(MIGRATIONS)).flatMap(({ statements }) => statements.map(madeBy));
  for (const table of SMALL_TABLES) expect(made).toContain(table);
});

describe('people wait for a statement that', () => {
  test.each([
    ['ALTER TABLE appointments ADD COLUMN a INT NULL', /does not say/],
    ['ALTER TABLE appointments ADD COLUMN a INT NULL, ALGORITHM=INPLACE', /does not say/],
    ['ALTER TABLE appointments ADD COLUMN a INT NULL, ALGORITHM=COPY, LOCK=SHARED', /does not say/],
    ['CREATE INDEX ix_a ON claims (a)', /does not say/],
    [`ALTER TABLE appointments\n  ADD COLUMN a INT NOT NULL,\n  ${ONLINE}`, /without a default/],
    [`ALTER TABLE appointments MODIFY COLUMN a BIGINT NULL, ${ONLINE}`, /changes what is in a column/],
    [`ALTER TABLE appointments CHANGE a b BIGINT NULL, ${ONLINE}`, /changes what is in a column/],
    [`ALTER TABLE outbox ADD CONSTRAINT fk_a FOREIGN KEY (a) REFERENCES b (a), ${ONLINE}`, /foreign key/],
    [`ALTER TABLE outbox ADD CONSTRAINT ck_a CHECK (a > 0), ${ONLINE}`, /check/],
    [`ALTER TABLE outbox ADD FULLTEXT KEY ft_a (a), ${ONLINE}`, /index of words/],
    [`ALTER TABLE outbox DROP PRIMARY KEY, ${ONLINE}`, /primary key/],
    [`ALTER TABLE outbox ADD COLUMN a INT GENERATED ALWAYS AS (b + 1) STORED, ${ONLINE}`, /stored generated/],
    [`ALTER TABLE audit_logs DROP COLUMN a, ${ONLINE}`, /drops a column/],
    [`ALTER TABLE audit_logs DROP a, ${ONLINE}`, /drops a column/],
    ['ALTER TABLE audit_logs RENAME COLUMN a TO b, ALGORITHM=INSTANT', /renames/],
    [`ALTER TABLE audit_logs CONVERT TO CHARACTER SET utf8mb4, ${ONLINE}`, /anew/],
    ['DROP TABLE notifications', /takes away/],
    ['RENAME TABLE notifications TO news', /takes away/],
    ['UPDATE appointments SET a = 1 WHERE a IS NULL', /all rows/],
    ['DELETE FROM outbox WHERE published_at IS NOT NULL', /all rows/],
    ['INSERT INTO later (id) SELECT id FROM patients', /all rows/],
  ])('%s', (statement, fault) => {
    expect(faultsOf(statement).join('\n')).toMatch(fault);
  });
});

describe('people work on beside', () => {
  test.each([
    'ALTER TABLE appointments ADD COLUMN a INT NULL, ALGORITHM=INSTANT',
    `ALTER TABLE appointments\n  ADD COLUMN a TINYINT(1) NOT NULL DEFAULT 0,\n  ADD KEY ix_a (tenant_id, a),\n  DROP KEY ix_b,\n  ${ONLINE}`,
    'CREATE INDEX ix_a ON outbox (a) ALGORITHM=INPLACE LOCK=NONE',
    'ALTER TABLE services ADD COLUMN a INT NULL',
    'UPDATE tenants SET name = name',
    "INSERT INTO notifications (id) VALUES ('a')",
    'INSERT INTO schedule_versions (tenant_id) SELECT tenant_id FROM tenants',
    'CREATE TABLE another (id INT, CONSTRAINT fk_a FOREIGN KEY (id) REFERENCES appointments (id))',
  ])('%s', (statement) => {
    expect(faultsOf(statement)).toEqual([]);
  });

  test('whatever is done to a table of the same release', () => {
    const statement = 'ALTER TABLE later MODIFY COLUMN a INT NOT NULL';
    expect(judge(statement, (table) => table !== 'later').faults).toEqual([]);
  });
});

test('an excuse gives its reason, above the statement', () => {
  const statement = 'ALTER TABLE outbox DROP COLUMN a, ALGORITHM=INSTANT';
  const excused = (comment: string) => judge(`${comment}\n${statement}`, isOld).excuse;
  expect(excused('-- blocking: no version since 0.3 reads the column')).toBe(
    'no version since 0.3 reads the column',
  );
  expect(excused('-- blocking: yes')).toBeUndefined();
  expect(excused('-- It is blocking: but so what, who would wait for it')).toBeUndefined();
});
