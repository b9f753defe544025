import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeSchema } from '../describe-schema.ts';
import { readMigrationNotes } from '../migration-notes.ts';
import { testDatabase } from './test-database.ts';

let opened: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

describe('docs/database/README.md', () => {
  test('says what the migrations make, whichever server they run on; else: npm run docs:database', async () => {
    const written = readFileSync('docs/database/README.md', 'utf8');
    expect(await describeSchema(opened.database.system, await readMigrationNotes())).toBe(written);
  });
});
