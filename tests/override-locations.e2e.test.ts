import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import {
  aBranch,
  affectedIn,
  at,
  booked,
  inBranch,
  MONDAY,
  NINE_TO_TEN,
  ON_MONDAY,
  override,
  placesOf,
  TEN_TO_ELEVEN,
} from './support/branch.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { expectCode, expectStatus } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

describe('POST /doctors/:id/availability/overrides', () => {
  test('201: each interval has its location, or none, and is listed with it', async () => {
    const place = await aBranch(server);
    const intervals = [
      NINE_TO_TEN,
      { ...TEN_TO_ELEVEN, locationId: place.branch },
      { ...NINE_TO_TEN, startTime: '08:00', locationId: null },
    ];
    const { body } = expectStatus(await override(place, intervals), 201);
    const shown = intervals.map((interval) => ({ locationId: null, ...interval }));
    expect(body.intervals).toEqual(shown);
    const path = `/doctors/${place.doctorId}/availability/overrides`;
    expect(expectStatus(await place.api.get(path), 200).body.data).toMatchObject([{ intervals: shown }]);
    expectStatus(await place.api.delete(`${path}/${body.id}`), 204);
    expect((await place.api.get(path)).body.data).toEqual([]);
  });

  test('the slots carry the location, and a visit takes place there, on its clock', async () => {
    const place = await inBranch(server);
    expect(await placesOf(place)).toEqual(Array(4).fill(place.branch));
    expect(await booked(place, at('08:00'))).toMatchObject({
      locationId: place.branch,
      timezone: 'Europe/London',
      localStart: '2027-03-22T08:00',
    });
  });

  test('hours that name none are worked wherever the visit is', async () => {
    const place = await aBranch(server);
    expectStatus(await override(place, [NINE_TO_TEN]), 201);
    expect(await placesOf(place)).toEqual([null, null]);
    const closure = { name: 'Flood', locationId: place.branch, ...MONDAY };
    expectStatus(await place.api.post('/closures', closure), 201);
    expect(await placesOf(place)).toEqual([null, null]);
  });

  test('404: a location that is not there, or another clinic’s, as in weekly hours; nothing is added', async () => {
    const place = await aBranch(server);
    for (const locationId of [newId(), (await aBranch(server)).branch]) {
      const rules = [{ dayOfWeek: 1, ...NINE_TO_TEN, locationId }];
      const path = `/doctors/${place.doctorId}/availability`;
      const weekly = await place.api.put(path, { timezone: 'Europe/Berlin', rules });
      for (const answer of [weekly, await override(place, [NINE_TO_TEN, { ...TEN_TO_ELEVEN, locationId }])])
        expect(expectCode(answer, 'location_not_found').status).toBe(404);
      expect((await place.api.get(`${path}/overrides`)).body.data).toEqual([]);
    }
    const malformed = await override(place, [NINE_TO_TEN, { ...TEN_TO_ELEVEN, locationId: 'branch' }]);
    expectCode(malformed, 'validation_failed');
    expect(malformed.body.errors).toMatchObject([{ pointer: '/intervals/1/locationId' }]);
  });

  test('answers the visits that were to take place elsewhere', async () => {
    const place = await aBranch(server);
    const main = { name: 'Main', address: 'Main Street 1', timezone: 'Europe/Berlin' };
    const elsewhere = expectStatus(await place.api.post('/locations', main), 201).body.id;
    await booked(place, at('08:00'));
    await booked(place, at('08:30'), { locationId: place.branch });
    const moved = await booked(place, at('09:00'), { locationId: elsewhere });
    const intervals = [{ startTime: '09:00', endTime: '12:00', locationId: place.branch }];
    const affected = affectedIn(expectStatus(await override(place, intervals), 201).body);
    expect(affected).toEqual([moved.id]);
  });
});

describe('a search by location', () => {
  test('finds a doctor who is there by an override alone, and shows those slots', async () => {
    const place = await inBranch(server);
    const { api, branch, serviceId, doctorId } = place;
    await place.clinic.doctor([serviceId]);
    const free = await api.get(`/slots?serviceId=${serviceId}&locationId=${branch}&${ON_MONDAY}`);
    expect(expectStatus(free, 200).body.data).toMatchObject(
      ['08:00', '08:30', '09:00', '09:30'].map((time) => ({
        ...{ doctorId, locationId: branch },
        startsAt: at(time),
      })),
    );
    const found = async () =>
      (await api.get(`/doctors?locationId=${branch}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await found()).toEqual([doctorId]);
  });

  test('finds nobody who was there only once', async () => {
    const place = await aBranch(server);
    const past = { startDate: '2020-03-02', endDate: '2020-03-02' };
    expectStatus(await override(place, [{ ...NINE_TO_TEN, locationId: place.branch }], past), 201);
    expect((await place.api.get(`/doctors?locationId=${place.branch}`)).body.data).toEqual([]);
  });
});
