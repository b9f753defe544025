import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort, isPortFree, nextFreePort } from '../servers/ports.mjs';

const open: Server[] = [];

async function listen(port: number, host?: string) {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  open.push(server);
}

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

describe('a port', () => {
  test('is used as wanted when it is free', async () => {
    const port = await freePort();
    expect(await nextFreePort(port)).toBe(port);
  });

  test.each([
    { where: 'loopback', host: '127.0.0.1' },
    { where: 'every address', host: undefined },
  ])('that is taken on $where gives way to a later one', async ({ host }) => {
    const port = await freePort();
    await listen(port, host);
    expect(await isPortFree(port)).toBe(false);
    expect(await nextFreePort(port)).toBeGreaterThan(port);
  });
});
