import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { z } from 'zod';
import { corePort } from '../../composition/ports/core-port.ts';
import { parseConfig } from '../../shared/config/config.ts';
import { requestId } from '../../shared/middleware/request-id.ts';
import { askPort, askStreams } from '../../shared/ports/ask.ts';
import { type AnsweredPort, definePort, order, question } from '../../shared/ports/port.ts';
import { createServiceTokens } from '../../shared/ports/service-token.ts';
import { PLATFORM } from '../../shared/types/id.ts';
import { Instant } from '../../shared/types/instant.ts';
import { systemClock } from '../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import { internalPorts } from '../internal-ports.ts';
import { renderProblems } from '../problem-response.ts';

const port = definePort(
  'core',
  {
    later: question(z.object({ at: Instant }), Instant),
    refuse: question(z.object({}), z.null()),
    fail: question(z.object({}), z.null()),
    wait: order(z.object({}), z.null(), { repeatable: true, timeoutMs: 50 }),
  },
  { bytes: z.object({ times: z.int() }) },
);
const tokens = createServiceTokens('the secret of the services in a test', systemClock);

async function* repeated(times: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < times; i++) yield await Promise.resolve(Buffer.from('abc'));
}

let server: Server;
let url: string;
beforeAll(async () => {
  const logger = createLogger({ ...parseConfig({}), logLevel: 'silent' });
  const answered: AnsweredPort<typeof port> = {
    port,
    answers: {
      later: ({ at }) => Promise.resolve(new Date(at.getTime() + 1_000)),
      refuse: () => Promise.reject(new AppError(commonProblems.tenant_not_found, 'Nobody is called so.')),
      fail: () => Promise.reject(new Error('A fault')),
      wait: () => new Promise<null>(() => undefined),
    },
    streams: {
      bytes: ({ times }) => Promise.resolve(repeated(times)),
    },
  };
  const app = express();
  app.use(
    requestId,
    internalPorts([answered as unknown as AnsweredPort], tokens),
    renderProblems(() => logger),
  );
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (place = url, known = tokens) => askPort(port, { url: place, tokens: known });
const unavailable = expect.objectContaining({ problem: commonProblems.unavailable });

test('what is asked and answered keeps its types on the way', async () => {
  const at = new Date('2027-03-22T08:00:00.000Z');
  expect(await ask().later({ at })).toEqual(new Date('2027-03-22T08:00:01.000Z'));
});

test('bytes are answered as they come', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await askStreams(port, { url, tokens }).bytes({ times: 3 })) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('abcabcabc');
});

test('a refusal is the same refusal here', async () => {
  await expect(ask().refuse({})).rejects.toMatchObject({
    problem: commonProblems.tenant_not_found,
    detail: 'Nobody is called so.',
  });
});

test('a fault over there is a fault here, which nobody waits for to pass', async () => {
  await expect(ask().fail({})).rejects.not.toBeInstanceOf(AppError);
  await expect(ask().fail({})).rejects.toThrow(/its log has the request/);
});

test.each([
  ['nobody listens', () => ask('http://127.0.0.1:9').refuse({})],
  ['nobody answers in time', () => ask().wait({})],
  ['the secret is another one', () => ask(url, createServiceTokens('x'.repeat(32), systemClock)).refuse({})],
])('503 where %s', async (_why, asked) => {
  await expect(asked()).rejects.toEqual(unavailable);
});

test('a token of a minute ago is no token', async () => {
  const past = { now: () => new Date(Date.now() - 120_000) };
  const old = createServiceTokens('the secret of the services in a test', past);
  await expect(ask(url, old).refuse({})).rejects.toEqual(unavailable);
});

test('the tenant of the platform goes over, though nobody else may be called so', () => {
  const at = new Date('2027-03-22T08:00:00.000Z');
  const platform = {
    id: PLATFORM,
    name: 'Platform',
    subdomain: 'platform',
    timezone: 'UTC',
    locale: 'en',
    branding: { logoUrl: null, primaryColor: null },
    version: 1,
    status: 'active' as const,
    plan: { name: 'standard', maxDoctors: null, maxUsers: null },
    deleteAfter: null,
    ownSettings: {},
    createdAt: at,
    updatedAt: at,
  };
  const { output } = corePort.questions.tenant;
  expect(z.decode(output, JSON.parse(JSON.stringify(z.encode(output, platform))) as never)).toEqual(platform);
});
