import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { configuredServer, requireDatabase, requireRedis } from '../servers/configured.mjs';
import { freePort } from '../servers/ports.mjs';

describe('a configured server', () => {
  test('is named by the environment before .env, and by neither when the host is empty', () => {
    const file = { DB_HOST: 'file', DB_PORT: '3307', DB_USER: 'clinic' };
    expect(configuredServer('DB', 3306, { DB_HOST: 'outside' }, file)).toEqual({
      host: 'outside',
      port: 3307,
      user: 'clinic',
      setBy: 'DB_HOST in the environment',
    });
    expect(configuredServer('DB', 3306, {}, { DB_HOST: 'file' })).toMatchObject({
      port: 3306,
      setBy: 'DB_HOST in .env',
    });
    expect(configuredServer('DB', 3306, { DB_HOST: '' }, {})).toBeUndefined();
  });

  test('that does not answer is named with its address and its setting', async () => {
    const server = { host: '127.0.0.1', port: await freePort(), setBy: 'DB_HOST in .env' };
    await expect(requireDatabase(server)).rejects.toThrow(
      `MySQL does not answer at 127.0.0.1:${server.port} (DB_HOST in .env)`,
    );
    await expect(requireRedis(server)).rejects.toThrow('Redis does not answer');
  });

  test('counts as answering only once it greets, not when its port is open', async () => {
    let greeting: Buffer | undefined;
    const silent = createServer((socket) => {
      if (greeting) socket.end(greeting);
      else socket.end();
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const server = {
      host: '127.0.0.1',
      port: typeof address === 'object' ? Number(address?.port) : 0,
      setBy: 'DB_HOST',
    };
    await expect(requireDatabase(server)).rejects.toThrow('does not answer');
    // "Too many connections" is an error packet, which starts with 255.
    greeting = Buffer.from([0x17, 0, 0, 0, 0xff, 0x10, 0x04]);
    await expect(requireDatabase(server)).rejects.toThrow('does not answer');
    greeting = Buffer.from([0x4a, 0, 0, 0, 10, 0x38]);
    await requireDatabase(server);
    silent.close();
  });
});
