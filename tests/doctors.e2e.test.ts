import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, expectStatus } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

test('GET /doctors finds by any words of name and text, and by specialization in large or small letters', async () => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const add = async (fields: object): Promise<string> =>
    expectStatus(await api.post('/doctors', { firstName: 'Ada', lastName: 'Berger', ...fields }), 201).body
      .id;
  const heart = await add({ specializations: ['Cardiology'], bio: 'Listens to the heart.' });
  const skin = await add({ lastName: 'Müller-Öz', title: 'Dr.', specializations: ['Ärztliche Hautkunde'] });
  const found = async (query: string): Promise<string[]> =>
    expectStatus(await api.get(`/doctors?${query}`), 200).body.data.map(({ id }: { id: string }) => id);

  for (const [q, ids] of [
    ['ada', [heart, skin]],
    ['card list', [heart]],
    ['the heart', [heart]],
    ['MULLER', [skin]],
    ['dr öz', [skin]],
    ['ada nobody', []],
    ['+-*"()@<>~', []],
  ] as const)
    expect([q, await found(`q=${encodeURIComponent(q)}`)]).toEqual([q, ids]);
  expect(await found('specialization=cardiology')).toEqual([heart]);
  expect(await found(`specialization=${encodeURIComponent('ÄRZTLICHE hautkunde')}`)).toEqual([skin]);
  expect(await found('specialization=Hautkunde')).toEqual([]);
});

describe('GET /doctors/:id/availability/overrides', () => {
  test('tells patients when a doctor has other hours, and not why', async () => {
    const clinic = await aClinic(server);
    const patient = await clinic.patient();
    const path = `/doctors/${await clinic.doctor([await clinic.service()])}/availability/overrides`;
    const dates = { startDate: '2027-03-22', endDate: '2027-03-22', kind: 'unavailable' };
    expectStatus(await clinic.admin.api.post(path, { ...dates, reason: 'An operation' }), 201);
    const [ofStaff, ofPatient] = [await clinic.admin.api.get(path), await patient.api.get(path)];
    expect(ofStaff.body.data).toMatchObject([{ ...dates, reason: 'An operation' }]);
    expect(ofPatient.body.data).toMatchObject([{ ...dates, reason: null }]);
  });
});
