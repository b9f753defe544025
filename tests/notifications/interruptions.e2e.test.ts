import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/shared/types/id.ts';
import { until } from '../../src/shared/tests/until.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import { createRedis } from '../../src/shared/utils/redis.ts';
import { aBookableClinic } from '../support/bookable.ts';
import { expectStatus } from '../support/clinic.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { deliveriesOf } from '../support/notifying.ts';
import { type PrivateServers, serve, startPrivateServers } from '../support/private-servers.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
});
afterAll(() => mail.stop());

/** A morning that is to come, whatever day it is. */
const soon = (): string => {
  const day = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  return `${day}T09:00:00.000Z`;
};

describe('a process that is killed while it sends', () => {
  const started: ServerProcess[] = [];
  // One that lives on would take what the next test has its own processes send.
  afterEach(async () => {
    for (const each of started) each.signal('SIGKILL');
    await Promise.all(started.splice(0).map(({ exited }) => exited));
  });
  const startIn = async (stream: string): Promise<ServerProcess> => {
    const process_ = await startServerProcess({
      EVENT_STREAM: stream,
      SMTP_URL: mail.url,
      NOTIFICATION_SWEEP_MS: '50',
      DELIVERY_LEASE_MS: '4000',
    });
    started.push(process_);
    await process_.serves();
    return process_;
  };

  /** Sends a mail, is killed as soon as `isUnderWay`, and another one takes over. */
  const killedWhen = async (isUnderWay: () => boolean) => {
    const stream = `killed-${newId()}`;
    const first = await startIn(stream);
    const { clinic, patient, book } = await aBookableClinic(first);
    expectStatus(await book(undefined, soon()), 201);
    await until(isUnderWay, 10_000);
    first.signal('SIGKILL');
    await first.exited;
    const second = await startIn(stream);
    const admin = {
      ...clinic.admin,
      api: second.api.with({ Authorization: `Bearer ${clinic.admin.token}` }),
    };
    return { patient, admin };
  };
  const endOf = (admin: Parameters<typeof deliveriesOf>[0]) =>
    until(
      async () =>
        (await deliveriesOf(admin, '&kind=appointment_booked')).find(({ finishedAt }) => finishedAt),
      15_000,
    );

  test('before the mail server can have the mail: another one sends it, once', async () => {
    let letGo: () => void = () => undefined;
    mail.holdRecipients(new Promise((resolve) => (letGo = resolve)));
    const recipients = mail.asked();
    const { patient, admin } = await killedWhen(() => mail.asked() > recipients);
    mail.holdRecipients(Promise.resolve());
    letGo();
    expect(await endOf(admin)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(mail.mailsTo(patient.email)).toHaveLength(1);
  });

  test('when the mail server may have it: it is not sent again, and somebody is told', async () => {
    let letGo: () => void = () => undefined;
    mail.hold(new Promise((resolve) => (letGo = resolve)));
    const before = mail.ended();
    const { patient, admin } = await killedWhen(() => mail.ended() > before);
    mail.hold(Promise.resolve());
    letGo();
    expect(await endOf(admin)).toMatchObject({ status: 'failed', attempts: 1, problem: 'outcome_unknown' });
    expect(mail.mailsTo(patient.email)).toHaveLength(1);
  });
});

describe('when Redis', () => {
  let servers: PrivateServers;
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    servers = await startPrivateServers();
    const { config } = servers;
    const notifications = { ...config.notifications, sweepMs: 50, requeueAfterMs: 500 };
    server = await serve({ ...config, notifications, mail: { ...config.mail, smtpUrl: mail.url } });
  });
  afterAll(async () => {
    await server.stop();
    await servers.remove();
  });

  /** The n-th half hour of the mornings from 22 March on. */
  const slot = (n: number) =>
    new Date(
      Date.parse('2027-03-22T08:00:00Z') + Math.floor(n / 6) * 86_400_000 + (n % 6) * 1_800_000,
    ).toISOString();
  const mailsTo = (address: string, count: number) =>
    until(() => mail.mailsTo(address).length >= count, 15_000);

  test('is away, requests do not wait, and each mail goes out once when it is back', async () => {
    const { patient, book } = await aBookableClinic(server);
    await servers.redis.stop();
    const startedAt = performance.now();
    try {
      for (let n = 0; n < 3; n++) expectStatus(await book(String(n), slot(n)), 201);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    } finally {
      await servers.redis.restart();
    }
    await mailsTo(patient.email, 3);
    expect(mail.mailsTo(patient.email)).toHaveLength(3);
  });

  test('loses all it holds in the middle, each mail goes out, and once', async () => {
    const { clinic, patient, book } = await aBookableClinic(server);
    const redis = createRedis(servers.config.redis, createLogger(servers.config));
    await until(() => redis.status === 'ready');
    for (let n = 0; n < 12; n++) {
      expectStatus(await book(String(n), slot(n)), 201);
      if (n % 3 === 1) await redis.flushall();
    }
    redis.disconnect();
    await mailsTo(patient.email, 12);
    await until(async () => (await deliveriesOf(clinic.admin)).every(({ status }) => status === 'sent'));
    expect(mail.mailsTo(patient.email)).toHaveLength(12);
  });
});
