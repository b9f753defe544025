import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../src/shared/tests/until.ts';
import {
  affectedIn,
  at,
  booked,
  inBranch,
  MONDAY,
  NINE_TO_TEN,
  override,
  placesOf,
  slots,
} from './support/branch.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { expectCode, expectStatus } from './support/clinic.ts';
import { watchCalendars } from './support/sockets.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

describe('a closure of the location', () => {
  test('takes the hours there, tells of the visits and of the doctor, and is the reason that staff see', async () => {
    const place = await inBranch(server);
    const { api, branch, doctorId, serviceId } = place;
    const visit = await booked(place, at('09:00'));
    const watch = await watchCalendars(server, place.clinic.admin, [doctorId]);
    let affected: string[] = [];
    const changed = await watch.changedBy(async () => {
      const closure = { name: 'Flood', locationId: branch, ...MONDAY };
      affected = affectedIn(expectStatus(await api.post('/closures', closure), 201).body);
    });
    watch.stop();
    expect([changed, affected]).toEqual([[doctorId], [visit.id]]);
    expect(await slots(place)).toEqual([]);
    const explained = await api.get(
      `/doctors/${doctorId}/slots/explain?serviceId=${serviceId}&at=${at('08:00')}`,
    );
    expect(explained.body.reasons.map(({ code }: { code: string }) => code)).toEqual([
      'outside_working_time',
      'closed',
    ]);
  });
});

describe('a location', () => {
  test('that is not in use takes the hours there with it, and brings them back', async () => {
    const place = await inBranch(server);
    const { api, branch } = place;
    const visit = await booked(place, at('09:00'));
    const change = async (active: boolean) =>
      affectedIn(expectStatus(await api.patch(`/locations/${branch}`, { active }), 200).body);
    expect(await change(false)).toEqual([visit.id]);
    expect(await slots(place)).toEqual([]);
    const path = `/doctors/${place.doctorId}/availability/overrides`;
    expect((await api.get(path)).body.data[0].intervals[0].locationId).toBe(branch);
    expect(await change(true)).toEqual([]);
    expect(await placesOf(place)).toEqual(Array(3).fill(branch));
  });

  test('that is removed leaves no hours there, like those of a week, also to overrides that name it later', async () => {
    const place = await inBranch(server);
    const { api, branch, doctorId } = place;
    const visit = await booked(place, at('09:00'));
    expectCode(await api.delete(`/locations/${branch}`), 'still_booked');
    expectStatus(await api.delete(`/appointments/${visit.id}`), 200);
    expectStatus(await api.delete(`/locations/${branch}`), 204);
    expect(await slots(place)).toEqual([]);
    const there = { ...NINE_TO_TEN, locationId: branch };
    const rules = [{ dayOfWeek: 1, ...there }];
    const hours = { timezone: 'Europe/Berlin', rules };
    expectStatus(await api.put(`/doctors/${doctorId}/availability`, hours), 200);
    expectStatus(await override(place, [there]), 201);
    expect(await slots(place)).toEqual([]);
  });
});

test('utilization counts the hours of an override at their location', async () => {
  const place = await inBranch(server);
  await booked(place, at('08:00'));
  const period = 'from=2027-03-22&to=2027-03-22';
  const counted = async () => {
    const { body } = expectStatus(await place.api.get(`/analytics/utilization?${period}`), 200);
    return body.bookedMinutes === 30 && body.workingMinutes === 120 ? body : undefined;
  };
  expect((await until(counted)).byLocation).toMatchObject([
    { locationId: place.branch, bookedMinutes: 30, workingMinutes: 120 },
  ]);
});
