import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aClinic, aColleague, aPatient, type Clinic, eventually } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { bin, sql } from '../../../database/sql.ts';
import { defaultBookingSettings } from '../models/booking-settings.ts';

const PATH = '/tenants/current/settings';
let app: IdentityApp;
let clinic: Clinic;
beforeAll(async () => {
  app = await startIdentityApp();
});
beforeEach(async () => {
  clinic = await aClinic(app.ask);
});
afterAll(() => app.close());

const patch = (body: unknown, headers: Record<string, string> = {}, path = PATH) =>
  app.ask('PATCH', path, { token: clinic.token, body, headers });

describe('GET 200', () => {
  test('shows every rule, by default at first', async () => {
    const answer = await app.ask('GET', PATH, { token: clinic.token });
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(answer.body).toEqual({ ...defaultBookingSettings, version: 1 });
  });

  test('is for staff', async () => {
    for (const role of ['doctor', 'receptionist']) {
      const { tokens } = await aColleague(app.ask, clinic, role);
      expect((await app.ask('GET', PATH, { token: tokens.accessToken })).status).toBe(200);
    }
  });
});

describe('PATCH 200', () => {
  test('merges: a rule that is not given stays', async () => {
    await patch({ horizonDays: 30, reminderOffsetsMinutes: [60] });
    const { body, headers } = await patch({ slotIntervalMinutes: 15 });
    expect(headers.etag).toBe('"3"');
    expect(body).toEqual({
      ...defaultBookingSettings,
      horizonDays: 30,
      reminderOffsetsMinutes: [60],
      slotIntervalMinutes: 15,
      version: 3,
    });
    expect((await app.ask('GET', PATH, { token: clinic.token })).body).toEqual(body);
  });

  test('holds at once for the ports of this process, and soon for those of another', async () => {
    const another = await startIdentityApp();
    const { id } = clinic.tenant;
    for (const { tenants } of [app, another]) expect((await tenants.settings(id)).holdMinutes).toBe(5);
    await patch({ holdMinutes: 9 });
    expect((await app.tenants.settings(id)).holdMinutes).toBe(9);
    const isToldSoon = await eventually(async () => (await another.tenants.settings(id)).holdMinutes === 9);
    await another.close();
    expect(isToldSoon).toBe(true);
  });

  test('leaves the event tenant.settings_changed', async () => {
    await patch({ holdMinutes: 9 });
    const event = await app.database.read(clinic.tenant.id).one(sql`
      SELECT type, payload FROM outbox WHERE tenant_id = ${bin(clinic.tenant.id)} ORDER BY id DESC LIMIT 1`);
    expect(event).toEqual({ type: 'tenant.settings_changed', payload: { holdMinutes: 9 } });
  });

  test('of the profile changes name, zone, locale and branding', async () => {
    const changes = { name: 'Sunset', branding: { primaryColor: '#3366ff' } };
    const { status, body } = await patch(changes, {}, '/tenants/current');
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'Sunset', branding: { primaryColor: '#3366ff', logoUrl: null } });
    expect((await app.ask('GET', '/tenants/current', { headers: clinic.named })).body).toEqual(body);
  });
});

describe('PATCH 403', () => {
  test('for everybody but administrators', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const colleagues = await Promise.all(
      ['doctor', 'receptionist'].map((role) => aColleague(app.ask, clinic, role)),
    );
    for (const token of [tokens, ...colleagues.map((colleague) => colleague.tokens)]) {
      const answer = await app.ask('PATCH', PATH, { token: token.accessToken, body: { holdMinutes: 9 } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });
});

describe('PATCH 412', () => {
  test('version_conflict for a stale If-Match, and nothing changes', async () => {
    await patch({ holdMinutes: 9 }, { 'If-Match': '"1"' });
    const stale = await patch({ holdMinutes: 10 }, { 'If-Match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    expect((await app.ask('GET', PATH, { token: clinic.token })).body).toMatchObject({
      holdMinutes: 9,
      version: 2,
    });
  });
});

describe('PATCH 422', () => {
  test.each<[string, object]>([
    ['/holdTime', { holdTime: 9 }],
    ['/version', { version: 1 }],
    ['/horizonDays', { horizonDays: 1000 }],
    ['/slotIntervalMinutes', { slotIntervalMinutes: 7 }],
    ['/minNoticeMinutes', { minNoticeMinutes: 1440, horizonDays: 1 }],
  ])('names %s', async (pointer, body) => {
    const answer = await patch(body);
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });
});
