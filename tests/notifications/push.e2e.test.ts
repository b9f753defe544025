import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import webPush from 'web-push';
import { until } from '../../src/shared/tests/until.ts';
import { newId } from '../../src/shared/types/id.ts';
import { aBookableClinic } from '../support/bookable.ts';
import { certificate } from '../support/certificate.ts';
import { expectCode, expectStatus } from '../support/clinic.ts';
import { deliveriesOf } from '../support/notifying.ts';
import { type RecordedProvider, startRecordedProvider } from '../support/recorded-provider.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'push-'));
const vapid = webPush.generateVAPIDKeys();
let service: RecordedProvider;
let server: ServerProcess;
/** A process of its own, since only from its start on does Node trust the certificate of the push service. */
beforeAll(async () => {
  const trusted = join(folder, 'certificate.pem');
  writeFileSync(trusted, certificate.cert);
  service = await startRecordedProvider(() => ({ status: 201 }), certificate);
  server = await startServerProcess({
    EVENT_STREAM: `push-${newId()}`,
    NODE_EXTRA_CA_CERTS: trusted,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    PUSH_HOSTS: `127.0.0.1:${service.port}`,
    NOTIFICATION_SWEEP_MS: '50',
  });
  await server.serves();
});
afterAll(async () => {
  server.signal('SIGKILL');
  await server.exited;
  service.stop();
  rmSync(folder, { recursive: true });
});

/** What a browser does with a message (RFC 8291, RFC 8188). */
const aBrowser = () => {
  const keys = createECDH('prime256v1');
  const own = keys.generateKeys();
  const auth = randomBytes(16);
  const derive = (ikm: Buffer, salt: Buffer, info: Buffer | string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', ikm, salt, info, bytes));
  return {
    keys: { p256dh: own.toString('base64url'), auth: auth.toString('base64url') },
    read: (message: Buffer): any => {
      const [salt, sender] = [message.subarray(0, 16), message.subarray(21, 86)];
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]);
      const secret = derive(keys.computeSecret(sender), auth, info, 32);
      const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
      const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
      const decipher = createDecipheriv('aes-128-gcm', key, nonce);
      decipher.setAuthTag(message.subarray(-16));
      const padded = Buffer.concat([decipher.update(message.subarray(86, -16)), decipher.final()]);
      return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString());
    },
  };
};

/** A morning that is to come, whatever day it is. */
const soon = (hour: string): string =>
  `${new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10)}T${hour}:00.000Z`;

test('a push message is for that browser only, names no service, and a browser that is gone is forgotten', async () => {
  const { clinic, patient, book } = await aBookableClinic(server);
  const browser = aBrowser();
  const subscription = { endpoint: `https://127.0.0.1:${service.port}/push/1`, keys: browser.keys };
  const elsewhere = { ...subscription, endpoint: 'https://127.0.0.1:1/push' };
  expectCode(await patient.api.post('/notifications/push-subscriptions', elsewhere), 'push_service_unknown');
  expectStatus(await patient.api.post('/notifications/push-subscriptions', subscription), 201);
  expectStatus(await book(undefined, soon('09:00')), 201);
  const call = await until(() => service.calls[0]);
  expect(call.headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    authorization: expect.stringContaining('vapid t='),
    topic: expect.stringMatching(/^[\w-]{32}$/),
    ttl: '86400',
  });
  const message = browser.read(call.body);
  expect(message).toMatchObject({ data: { kind: 'appointment_booked' } });
  expect(message.body).toContain('Ada Berger');
  expect(JSON.stringify(message)).not.toContain('Check-up');

  service.answer(() => ({ status: 410 }));
  expectStatus(await book(undefined, soon('09:30')), 201);
  const [failed] = await until(async () => {
    const found = await deliveriesOf(clinic.admin, '&status=failed&channel=push');
    return found.length > 0 ? found : undefined;
  });
  expect(failed).toMatchObject({ problem: 'subscription_gone', attempts: 1 });
  expect((await patient.api.get('/notifications/push-subscriptions')).body.data).toEqual([]);
});
