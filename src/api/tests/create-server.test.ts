import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import express from 'express';
import { until } from '../../shared/tests/until.ts';
import { classesFor } from '../express-classes.ts';
import { green, serveFakeApi } from './fake-api.ts';

/** Serves teas whose `steep` takes until `finish` is called. */
const serveSlowly = async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let arrived = false;
  const api = await serveFakeApi({
    steep: () => {
      arrived = true;
      return finished;
    },
  });
  const steep = () => fetch(`${api.url}/api/v1/teas/${green.id}/steep`, { method: 'POST' });
  return {
    api,
    steep,
    arrival: () => until(() => arrived),
    finish: () => {
      finish();
    },
  };
};

/** What a server says to raw bytes, until it closes the connection. */
const say = (url: string, bytes: string) =>
  new Promise<string>((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', reject).on('close', () => {
      resolve(heard);
    });
  });

describe('draining', () => {
  test('finishes a running request and refuses new ones', async () => {
    const { api, steep, arrival, finish } = await serveSlowly();
    const running = steep();
    await arrival();
    const drained = api.drain(10_000);
    await expect(steep()).rejects.toThrow('fetch failed');
    finish();
    const response = await running;
    expect(response.status).toBe(204);
    expect(response.headers.get('Connection')).toBe('close');
    await drained;
  });

  test('cuts off what still runs after the grace', async () => {
    const { api, steep, arrival } = await serveSlowly();
    const running = steep();
    const cut = expect(running).rejects.toThrow('fetch failed');
    await arrival();
    const startedAt = performance.now();
    await api.drain(200);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await cut;
  });

  test('does not wait for a connection that is only kept alive', async () => {
    const { api } = await serveSlowly();
    await (await fetch(`${api.url}/api/v1/teas`)).text();
    const startedAt = performance.now();
    await api.drain(10_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(api.server.listening).toBe(false);
  });
});

describe('what is not HTTP', () => {
  test.each([
    ['NONSENSE\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400],
    [`GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ])('is refused and the connection closed: %.20s', async (bytes, status) => {
    const api = await serveFakeApi();
    expect(await say(api.url, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: close`));
    expect((await fetch(`${api.url}/api/v1/teas`)).status).toBe(200);
    await api.close();
  });
});

describe('a client that takes its time', () => {
  const slow = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20 };
  const body =
    'POST /api/v1/teas HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';

  test.each([
    ['over the headers', 'GET /api/v1/teas HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    ['over the body', body],
  ])('%s is cut off with 408', async (_over, bytes) => {
    const api = await serveFakeApi({ limits: slow });
    expect(await say(api.url, bytes)).toMatch(/HTTP\/1\.1 408 /);
    expect((await fetch(`${api.url}/api/v1/teas`)).status).toBe(200);
    await api.close();
  });

  test('has seconds in production, not for ever', async () => {
    const api = await serveFakeApi();
    expect(api.server).toMatchObject({ headersTimeout: 15_000, requestTimeout: 60_000 });
    await api.close();
  });
});

describe('the classes of requests and answers', () => {
  test('have the prototypes of Express below Node 24, and are left alone from there on', () => {
    const app = express();
    const { IncomingMessage, ServerResponse } = classesFor(app, '22.11.0');
    expect(IncomingMessage?.prototype).toBe(app.request);
    expect(ServerResponse?.prototype).toBe(app.response);
    expect(classesFor(app, '24.0.1')).toEqual({});
  });
});
