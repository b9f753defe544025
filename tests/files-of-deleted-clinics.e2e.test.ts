import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { createDomains } from '../src/composition/domains.ts';
import { connectionOptions } from '../src/database/connection-options.ts';
import { sql } from '../src/database/sql.ts';
import { testConfig } from '../src/database/tests/test-database.ts';
import { createInfrastructure, type Infrastructure } from '../src/infrastructure.ts';
import { createFileStore } from '../src/shared/files/create-file-store.ts';
import type { FileStore } from '../src/shared/files/file-store.ts';
import { DAY_MS, MINUTE_MS } from '../src/shared/time/units.ts';
import { PLATFORM } from '../src/shared/types/id.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { aClinic, expectStatus } from './support/clinic.ts';
import { type LosableStore, startFolder, startS3 } from './support/losable-stores.ts';
import { anOperator } from './support/operator.ts';
import { ofService } from './support/parted.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'deleted-'));
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

describe.each([
  ['a folder', startFolder],
  ['a bucket', startS3],
])('the files of a clinic that is deleted, in %s,', (_, start) => {
  let store: LosableStore;
  let kept: FileStore;
  let server: TestServer;
  let log: string;
  const running: Infrastructure[] = [];

  /** A process that does nothing by itself. `broken`: what is another way with its store. */
  const aProcess = (service: 'core' | 'medical-notes', broken: Partial<FileStore> = {}) => {
    const config = ofService(service, server.config);
    const logger = createLogger({ ...config, logLevel: 'info' }, { write: (line) => (log += line) });
    const infrastructure = createInfrastructure(config, logger, server.clock);
    running.push(infrastructure);
    return { infrastructure, ...createDomains({ ...infrastructure, files: { ...kept, ...broken } }) };
  };
  const sweep = (broken?: Partial<FileStore>) =>
    aProcess('medical-notes', broken).medicalNotes.folderRemovals.sweep();
  const filesOf = async ({ tenantId }: { tenantId: string }) => (await kept.list(tenantId)).length;
  const told = ({ tenantId }: { tenantId: string }): number[] =>
    log
      .split('\n')
      .filter((line) => line.includes('has no files left') && line.includes(tenantId))
      .map((line) => (JSON.parse(line) as { files: number }).files);
  const planned = async (): Promise<number> => {
    const platform = aProcess('medical-notes').infrastructure.database.read(PLATFORM);
    const found = await platform.many(
      sql`SELECT folder FROM folder_removals WHERE tenant_id = ${platform.tenant}`,
    );
    return found.length;
  };
  const put = (tenantId: string, name: string) =>
    kept.put(
      `${tenantId}/${name}`,
      (async function* () {
        yield await Promise.resolve(PNG);
      })(),
    );

  /** With two attachments. */
  const aTreatingClinic = async () => {
    const clinic = await aClinic(server);
    const serviceId = await clinic.service();
    const doctor = await clinic.staff('doctor');
    const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
    const { patientId } = await clinic.patient();
    const visit = { doctorId, serviceId, patientId, startsAt: '2027-03-22T08:00:00Z' };
    const appointmentId = expectStatus(await clinic.admin.api.post('/appointments', visit), 201).body.id;
    const draft = { appointmentId, kind: 'soap', content: { text: 'Cough' } };
    const noteId = expectStatus(await doctor.api.post('/medical-notes', draft), 201).body.id;
    for (const name of ['a.png', 'b.png']) {
      const form = new FormData();
      form.set('file', new Blob([PNG]), name);
      expectStatus(await doctor.api.post(`/medical-notes/${noteId}/attachments`, form), 201);
    }
    return clinic;
  };
  const pass = (ms: number) => {
    server.clock.set(new Date(server.clock.now().getTime() + ms).toISOString());
  };
  /** Until nobody can bring it back. */
  const giveUp = async ({ tenantId }: { tenantId: string }) => {
    const operator = await anOperator(server);
    expectStatus(await operator.api.delete(`/platform/tenants/${tenantId}`), 200);
    pass(31 * DAY_MS);
  };
  const erase = async (clinic: { tenantId: string }) => {
    await giveUp(clinic);
    await aProcess('core').tenantDeletion.deleteDue();
  };

  beforeAll(async () => {
    store = await start(folder);
    kept = createFileStore(store);
    const { database, ...rest } = testConfig();
    // No sweeps but those of the tests, and no clinics but theirs.
    const name = `${database.name}_deleted`;
    server = await startTestServer({
      ...rest,
      database: { ...database, name },
      role: 'api',
      files: store.files,
    });
  });
  beforeEach(() => {
    server.clock.set('2027-03-15T08:00:00Z');
    log = '';
  });
  afterEach(async () => {
    pass(2 * DAY_MS);
    await sweep();
    expect(await planned()).toBe(0);
    for (const infrastructure of running.splice(0)) await infrastructure.close();
  });
  afterAll(async () => {
    await server.stop();
    await store.stop();
  });

  test('go after its rows, with those that no row leads to, by two processes at once, and nobody else’s', async () => {
    const [leaving, staying] = [await aTreatingClinic(), await aTreatingClinic()];
    for (let n = 0; n < 250; n++) await put(leaving.tenantId, `nobody-knows-${n}`);
    await sweep();
    expect(await filesOf(leaving)).toBe(252);

    await erase(leaving);
    await Promise.all([sweep(), sweep()]);
    expect([await filesOf(leaving), await filesOf(staying)]).toEqual([0, 2]);
    expect(told(leaving)).toEqual([252]);
  });

  test('go also when they came after the last row, and for a day it is looked at once more', async () => {
    const clinic = await aTreatingClinic();
    await erase(clinic);
    await sweep();
    await put(clinic.tenantId, 'late');
    await sweep();
    expect([await filesOf(clinic), await planned()]).toEqual([1, 1]);
    pass(DAY_MS);
    await sweep();
    expect([await filesOf(clinic), await planned()]).toEqual([0, 0]);
    expect(told(clinic)).toEqual([2, 3]);
  });

  test('go when the store is back, and its rows do not wait for that', async () => {
    const clinic = await aTreatingClinic();
    await store.lose(clinic.tenantId);
    await erase(clinic);
    const { database } = aProcess('core').infrastructure;
    const db = database.read(clinic.tenantId);
    expect(await db.many(sql`SELECT 1 FROM users WHERE tenant_id = ${db.tenant}`)).toEqual([]);
    await expect(sweep()).rejects.toThrow(`Files of the deleted clinic ${clinic.tenantId} are still there`);
    await store.find(clinic.tenantId);
    expect(await filesOf(clinic)).toBe(2);
    // Not at once: others come first.
    await sweep();
    expect(await filesOf(clinic)).toBe(2);
    pass(5 * MINUTE_MS);
    await sweep();
    expect(await filesOf(clinic)).toBe(0);
  });

  test('go also when a process dies before the first, and another one between them', async () => {
    const clinic = await aTreatingClinic();
    await giveUp(clinic);
    // It has written down that the files are to go, and dies before it has deleted a row.
    const first = aProcess('core');
    first.tenantDeletion.stop();
    await first.tenantDeletion.deleteDue();
    expect(await planned()).toBe(1);
    await aProcess('core').tenantDeletion.deleteDue();

    const dying = async (within: string) => {
      await kept.removeSome(within, 1);
      throw new Error('The process has died');
    };
    await expect(sweep({ removeSome: dying })).rejects.toThrow();
    expect(await filesOf(clinic)).toBe(1);
    pass(5 * MINUTE_MS);
    await sweep();
    expect(await filesOf(clinic)).toBe(0);
  });

  test('wait for a backup, which may still have to copy them', async () => {
    const clinic = await aTreatingClinic();
    await erase(clinic);
    const { database } = ofService('medical-notes', server.config);
    const backup = await createConnection({ ...connectionOptions(database), database: database.name });
    await backup.query("SELECT GET_LOCK(LEFT(CONCAT('backup:', DATABASE()), 64), 0)");
    await sweep();
    expect(await filesOf(clinic)).toBe(2);
    await backup.query("SELECT RELEASE_LOCK(LEFT(CONCAT('backup:', DATABASE()), 64))");
    await backup.end();
    await sweep();
    expect(await filesOf(clinic)).toBe(0);
  });

  test('stay when the process is told to stop, until the next one starts', async () => {
    const clinic = await aTreatingClinic();
    await erase(clinic);
    const { folderRemovals } = aProcess('medical-notes').medicalNotes;
    folderRemovals.stop();
    await folderRemovals.sweep();
    expect(await filesOf(clinic)).toBe(2);
    await sweep();
    expect(await filesOf(clinic)).toBe(0);
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});
