import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../../../scripts/servers/ports.mjs';
import { aClinic, aColleague, type Clinic } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { bin, sql } from '../../../database/sql.ts';
import { eventWorld, type EventWorld } from '../../../events/tests/event-world.ts';
import { createMailer, type Mailer } from '../../../shared/mail/mailer.ts';
import { LOGIN, startMailServer } from '../../../shared/mail/tests/mail-server.ts';
import { until } from '../../../shared/tests/until.ts';
import { createLogger } from '../../../shared/utils/logger.ts';
import { createLetterCarrier } from '../services/letter-carrier.ts';

let app: IdentityApp;
let world: EventWorld;
let clinic: Clinic;
beforeAll(async () => {
  [app, world] = await Promise.all([startIdentityApp(), eventWorld()]);
  clinic = await aClinic(app.ask);
});
afterAll(async () => {
  await world.end();
  await app.close();
});

/** A mailer that counts how often somebody tried. */
const counted = (mailer: Mailer) => {
  const tried: string[] = [];
  return {
    tried,
    close: mailer.close,
    send: (mail: Parameters<Mailer['send']>[0]) => {
      tried.push(mail.to);
      return mailer.send(mail);
    },
  };
};

test('a letter that the mail server could not take is sent once when it is back; no secret stands in the event', async () => {
  const { user } = await aColleague(app.ask, clinic, 'doctor');
  const port = await freePort();
  const mail = {
    smtpUrl: `smtp://${LOGIN}@127.0.0.1:${port}`,
    from: 'clinics@example.org',
    folder: undefined,
  };
  const mailer = counted(createMailer({ mail }, createLogger(world.config)));
  const handle = createLetterCarrier({ mailer, links: { letterOf: app.auth.accountLetter } });
  await world.relay();
  await world.consumer({ name: 'mail', batchSize: 1, handle });
  const body = { email: user.email };
  expect((await app.ask('POST', '/auth/forgot-password', { headers: clinic.named, body })).status).toBe(202);
  await until(() => mailer.tried.filter((to) => to === user.email).length >= 2);

  const server = await startMailServer({ port });
  const [letter] = await until(() => (server.received.length > 0 ? server.received : undefined));
  expect(letter?.to).toMatchObject({ text: user.email });
  const token = /#token=([\w-]+)/.exec(letter?.text ?? '')?.[1] ?? '';
  const reset = { token, newPassword: 'another horse, another staple' };
  expect((await app.ask('POST', '/auth/reset-password', { body: reset })).status).toBe(204);
  const events = await world.database.read(clinic.tenant.id).many<{ payload: object }>(sql`
    SELECT payload FROM outbox WHERE tenant_id = ${bin(clinic.tenant.id)} AND type = 'auth.link_created'`);
  expect(events.map(({ payload }) => Object.keys(payload).sort())).toEqual([['linkId', 'purpose']]);
  expect(server.received).toHaveLength(1);
  mailer.close();
  await server.close();
});
