import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { RunningDatabase } from '../servers/database.mjs';
import { greetDatabase, pingRedis } from '../servers/handshake.mjs';
import { startDatabase, startRedis } from '../servers/index.mjs';
import { killAllKept } from '../servers/kept-process.mjs';
import { stateFolder } from '../servers/project.mjs';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const templates = join(stateFolder, 'templates');

afterAll(killAllKept);

async function query(
  database: RunningDatabase,
  sql: string,
  login: { user: string; password: string } = database,
) {
  const { host, port } = database;
  const connection = await createConnection({ host, port, user: login.user, password: login.password });
  try {
    const [rows] = await connection.query(sql);
    return rows as RowDataPacket[];
  } finally {
    await connection.end();
  }
}

describe('a private database', () => {
  test('lets its user make databases of the project and no others, and nobody in without a password', async () => {
    const database = await startDatabase({ folder: join(folder, 'rights'), fast: true, templates });
    await query(database, 'CREATE DATABASE doctor_test_1');
    await expect(query(database, 'CREATE DATABASE clinic')).rejects.toThrow(/denied/);
    await expect(query(database, 'SELECT 1', { user: 'root', password: '' })).rejects.toThrow(/denied/);
    const [row] = await query(
      database,
      'SELECT count(*) AS open FROM mysql.user WHERE host = "%"',
      database.admin,
    );
    expect(row?.['open']).toBe(0);
    const [schema] = await query(database, 'SELECT @@collation_server AS collation_name');
    expect(schema?.['collation_name']).toBe('utf8mb4_unicode_520_ci');
    await database.kill();
  });

  test('keeps its port, its passwords and what was committed over a restart, even after SIGKILL', async () => {
    const database = await startDatabase({ folder: join(folder, 'restart'), templates });
    await query(database, 'CREATE TABLE doctor_appointment_db.kept (n int) SELECT 7 AS n');
    await database.restart();
    expect(await query(database, 'SELECT n FROM doctor_appointment_db.kept')).toEqual([{ n: 7 }]);

    await database.kill();
    expect(await greetDatabase(database)).toBe('not ready');
    await database.restart();
    expect(await query(database, 'SELECT n FROM doctor_appointment_db.kept')).toEqual([{ n: 7 }]);

    await database.stop();
    expect(database.isRunning()).toBe(false);
    expect(await greetDatabase(database)).toBe('not ready');
  });

  test('leaves no password where another user could read it', async () => {
    const database = await startDatabase({ folder: join(folder, 'secrets'), fast: true, templates });
    const files = ['bootstrap.sql', 'database.log'].map((name) => join(database.folder, name));
    for (const path of files) expect(statSync(path).mode & 0o077).toBe(0);
    expect(readFileSync(database.log, 'utf8')).not.toContain(database.password);
    await database.kill();
  });

  test('that cannot start shows the end of its log', async () => {
    const attempt = startDatabase({
      folder: join(folder, 'broken'),
      fast: true,
      templates,
      options: ['--no-such-option'],
    });
    await expect(attempt).rejects.toThrow(/ended while it was starting[\s\S]*no-such-option/);
  });
});

describe('a private Redis', () => {
  test('asks for its password and returns on the same port', async () => {
    const server = await startRedis({ folder: join(folder, 'redis') });
    const { host, port, password } = server;
    expect(await pingRedis({ host, port })).toBe('wrong password');
    expect(await pingRedis({ host, port, password: 'wrong' })).toBe('wrong password');
    await server.kill();
    expect(await pingRedis(server)).toBe('not ready');
    await server.restart();
    expect(await pingRedis({ host, port, password })).toBe('ready');
    expect(statSync(join(server.folder, 'redis.conf')).mode & 0o077).toBe(0);
    await server.stop();
    expect(server.isRunning()).toBe(false);
  });

  test.each([true, false])(
    'keeps its data over a restart when persistent is %s, and only then',
    async (persistent) => {
      const server = await startRedis({ folder: join(folder, `redis-${String(persistent)}`), persistent });
      const open = () => new Redis({ host: server.host, port: server.port, password: server.password });
      const before = open();
      await before.set('key', 'value');
      before.disconnect();
      await server.restart();
      const after = open();
      expect(await after.get('key')).toBe(persistent ? 'value' : null);
      after.disconnect();
      await server.stop();
    },
  );
});
