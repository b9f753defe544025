import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../src/shared/tests/until.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { aClinic, expectCode, expectStatus, type Person } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const HEADING = 'firstName,lastName,dateOfBirth,phone';
const start = async ({ api }: Person, csv: string, more: object = {}) =>
  expectStatus(await api.post('/patients/import', { csv, ...more }), 201).body;
const names = async ({ api }: Person) =>
  (await api.get('/patients?limit=100')).body.data.map(({ firstName }: { firstName: string }) => firstName);

describe('POST /patients/import', () => {
  test('tries out first: tells what would be added, and adds nobody', async () => {
    const { admin } = await aClinic(server);
    const csv = `${HEADING}\nAda,King,1990-01-02,+49 30 1234567\nBo,Lind,1991-02-03,\n`;
    const answer = await start(admin, csv);
    expect(answer).toMatchObject({ status: 'checked', dryRun: true, totalRows: 2, doneRows: 2, created: 2 });
    expect(await names(admin)).toEqual([]);
    expect((await admin.api.get(`/patients/import/${answer.id}`)).body).toEqual(answer);
  });

  test('adds everybody, and adds nobody a second time', async () => {
    const { admin } = await aClinic(server);
    const csv = `${HEADING}\nAda,King,1990-01-02,+49 30 1234567\nBo,Lind,1991-02-03,\n`;
    expect(await start(admin, csv, { dryRun: false })).toMatchObject({ status: 'imported', created: 2 });
    expect(await names(admin)).toEqual(['Ada', 'Bo']);
    const again = await start(admin, csv, { dryRun: false });
    expect(again).toMatchObject({ status: 'imported', created: 0, duplicates: 2 });
    expect(again.findings).toMatchObject([
      { line: 2, kind: 'duplicate', detail: 'seems to be there: name_and_birth_date, phone' },
      { line: 3, kind: 'duplicate' },
    ]);
    expect(again.findings[0].patientId).toBe((await admin.api.get('/patients?q=ada')).body.data[0].id);
    expect((await start(admin, csv, { dryRun: false, duplicates: 'create' })).created).toBe(2);
    expect((await admin.api.get('/patients?q=ada king 1990')).body.data).toHaveLength(2);
  });

  test('one faulty row, and nobody is added; every fault is told with its line', async () => {
    const { admin } = await aClinic(server);
    const csv = `${HEADING}\nAda,"King\nof Berlin",1990-01-02,\n,Lind,1991-02-31,12\n\nEve,Nobel,2999-01-01,\nKim,Lee,1990-01-01,,x\n`;
    const answer = await start(admin, csv, { dryRun: false });
    expect(answer).toMatchObject({ status: 'refused', created: 0, errors: 3 });
    expect(answer.findings.map(({ line, field }: never) => [line, field])).toEqual([
      [4, 'firstName'],
      [4, 'dateOfBirth'],
      [4, 'phone'],
      [6, 'dateOfBirth'],
      [7, null],
    ]);
    expect(answer.findings[0]).toMatchObject({ field: 'firstName', detail: 'is missing' });
    expect(await names(admin)).toEqual([]);
  });

  test('reads what a spreadsheet writes: a mark in front, semicolons, German headings and dates', async () => {
    const { admin } = await aClinic(server);
    const csv = [
      '\ufeffVorname;Nachname;Geburtsdatum;Geschlecht;Kundennummer;Notfallkontakt;Tel. Notfall',
      'Jörg;"Müller; Groß";23.4.1990;m;17;"Max ""Mäxchen"" Müller";+49 30 7654321',
    ].join('\r\n');
    const mapping = { 'tel notfall': 'emergencyContactPhone' };
    const answer = await start(admin, csv, { dryRun: false, mapping });
    expect(answer).toMatchObject({ status: 'imported', created: 1, ignoredColumns: ['Kundennummer'] });
    expect((await admin.api.get('/patients')).body.data).toMatchObject([
      {
        firstName: 'Jörg',
        lastName: 'Müller; Groß',
        dateOfBirth: '1990-04-23',
        sex: 'male',
        emergencyContact: { name: 'Max "Mäxchen" Müller', phone: '+49 30 7654321' },
      },
    ]);
  });

  test('finds who stands twice in the list', async () => {
    const { admin } = await aClinic(server);
    const csv = `${HEADING}\nAda,King,1990-01-02,\nKing,ADA,1990-01-02,\n`;
    for (const dryRun of [true, false]) {
      expect((await start(admin, csv, { dryRun })).findings).toMatchObject([
        { line: 3, kind: 'duplicate', detail: 'is the same person as on line 2' },
      ]);
    }
    expect(await names(admin)).toEqual(['Ada']);
  });

  test.each([
    ['no column for dateOfBirth', 'firstName,lastName\nA,B\n'],
    ['two columns that mean phone', `${HEADING},Telefon\nA,B,1990-01-01,1,2\n`],
    ['no rows', `${HEADING}\n`],
    ['quotes that do not fit', `${HEADING}\nA,"B,1990-01-01,\n`],
    ['no heading', ''],
  ])('422 for a text with %s', async (detail, csv) => {
    const { admin } = await aClinic(server);
    const { body } = expectCode(await admin.api.post('/patients/import', { csv }), 'validation_failed');
    expect(body.errors).toMatchObject([{ pointer: '/csv' }]);
    expect(body.errors[0].detail).toContain(detail);
  });

  test('a long list is dealt with in the background, to the last row and once', async () => {
    const { admin } = await aClinic(server);
    const rows = Array.from(
      { length: 230 },
      (_, n) => `Ada,Number${String.fromCharCode(97 + (n % 26))}${n},1990-01-02,`,
    );
    const begun = await start(admin, [HEADING, ...rows].join('\n'), { dryRun: false });
    expect(begun).toMatchObject({ status: 'queued', totalRows: 230, doneRows: 0, finishedAt: null });
    const done = await until(async () => {
      const { body } = await admin.api.get(`/patients/import/${begun.id}`);
      return body.finishedAt === null ? undefined : body;
    }, 25_000);
    expect(done).toMatchObject({ status: 'imported', doneRows: 230, created: 230, findings: [] });
    expect((await admin.api.get('/patients?q=number&limit=100')).body.data).toHaveLength(100);
    expect((await admin.api.get('/patients?medicalRecordNumber=P-000230')).body.data).toHaveLength(1);
    expect((await admin.api.get('/patients?medicalRecordNumber=P-000231')).body.data).toHaveLength(0);
  });

  test('is the front desk’s, and an import of another clinic is not found', async () => {
    const clinic = await aClinic(server);
    const { id } = await start(clinic.admin, `${HEADING}\nAda,King,1990-01-02,\n`);
    expectStatus(await (await clinic.staff('receptionist')).api.get(`/patients/import/${id}`), 200);
    for (const person of [await clinic.staff('doctor'), await clinic.patient()])
      expectCode(await person.api.post('/patients/import', { csv: 'a' }), 'forbidden');
    const other = await aClinic(server);
    expectCode(await other.admin.api.get(`/patients/import/${id}`), 'import_not_found');
  });
});
