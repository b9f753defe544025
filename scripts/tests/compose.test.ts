import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { composeObstacle, startContainer } from '../servers/compose.mjs';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
const calls = join(root, 'calls');
const path = process.env['PATH'];

/** A `docker` that notes how it is called and says that a port is published on 40123. */
function fakeDocker(engineRuns: boolean) {
  const folder = join(root, 'bin');
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh
    [ "$1" = info ] && exit ${engineRuns ? 0 : 1}
    echo "$* DB_USER=$DB_USER DB_NAME=$DB_NAME REDIS_PASSWORD=$REDIS_PASSWORD" >> '${calls}'
    [ "$4" = port ] && echo 0.0.0.0:40123
    exit 0`;
  writeFileSync(join(folder, 'docker'), script, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${path ?? ''}`;
}

const start = (kind: 'database' | 'redis', throwAway: boolean) =>
  startContainer({
    root,
    project: 'clinic',
    kind,
    database: 'doctor_test',
    login: { password: 'app', adminPassword: 'admin' },
    throwAway,
    log: join(root, 'log'),
  });

beforeEach(() => {
  rmSync(calls, { force: true });
  writeFileSync(join(root, 'docker-compose.yml'), '');
  fakeDocker(true);
});

afterAll(() => {
  process.env['PATH'] = path;
});

describe('the compose file', () => {
  test('is no source without an engine, or when it is missing', () => {
    expect(composeObstacle(root)).toBeUndefined();
    fakeDocker(false);
    expect(composeObstacle(root)).toBe('no Docker engine is running');
    rmSync(join(root, 'docker-compose.yml'));
    expect(composeObstacle(root)).toBe('there is no docker-compose.yml');
  });

  test('starts one service with our login, on the port that Docker tells, and stops it', async () => {
    const database = await start('database', false);
    expect(database).toMatchObject({ host: '127.0.0.1', port: 40123, user: 'doctor_app', password: 'app' });
    await database.stop();
    const [up, port, stop] = readFileSync(calls, 'utf8').split('\n');
    expect(up).toMatch(/^compose -p clinic up --detach --wait mysql DB_USER=doctor_app DB_NAME=doctor_test/);
    expect(port).toMatch(/^compose -p clinic port mysql 3306/);
    expect(stop).toMatch(/^compose -p clinic stop mysql/);
  });

  test('gives tests a database whose user may make others, and removes its data afterwards', async () => {
    const database = await start('database', true);
    expect(database).toMatchObject({ user: 'root', password: 'admin' });
    await database.stop();
    expect(readFileSync(calls, 'utf8')).toContain('rm --stop --force --volumes mysql');
  });

  test('starts Redis with its password', async () => {
    await start('redis', false);
    expect(readFileSync(calls, 'utf8')).toMatch(/up --detach --wait redis .*REDIS_PASSWORD=app/);
    expect(existsSync(join(root, 'log'))).toBe(true);
  });
});
