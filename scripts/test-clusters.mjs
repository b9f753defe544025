// @ts-check
/**
 * Runs the core of the tests on clusters of loopback servers, each of three nodes: `npm run test:clusters`. First with MariaDB and Galera, and
 * Redis Sentinel; then with MySQL Group Replication and Redis Cluster; then what kills their nodes.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGalera } from './clusters/galera.mjs';
import { startGroupReplication } from './clusters/group-replication.mjs';
import { startRedisCluster } from './clusters/redis-cluster.mjs';
import { startSentinel } from './clusters/redis-sentinel.mjs';
import { ensureDependencies } from './servers/dependencies.mjs';
import { interruption } from './servers/interruption.mjs';
import { killAllKept } from './servers/kept-process.mjs';
import { Problem, runProgram } from './servers/problem.mjs';
import { projectRoot, requireNode, requireUnix, stateFolder } from './servers/project.mjs';
import { runJest } from './servers/run-jest.mjs';
import { readLogins } from './servers/saved-logins.mjs';
import { progress } from './servers/say.mjs';

const HELP = `npm run test:clusters                       everything
npm run test:clusters -- --only galera      the core on Galera and Redis Sentinel
npm run test:clusters -- --only group       the core on Group Replication and Redis Cluster
npm run test:clusters -- --only failures    what kills nodes and servers, on both; and replicas

Takes about ten minutes. MariaDB has to be here; what else is missing is fetched from Debian once.
`;

const DATABASE = 'doctor_test';

/** What guarantees rest on: bookings and their races, transactions, sessions, events, sockets, queues. */
const core = [
  'tests/booking.e2e.test.ts',
  'src/database/tests/(transactions|idempotency|attempt).integration.test.ts',
  'src/domains/auth/tests/(sessions|refresh|session-copies).integration.test.ts',
  'src/events/tests/',
  'src/events/redis/tests/',
  'tests/realtime.e2e.test.ts',
  'tests/notifications/mail.e2e.test.ts',
];

const parts = ['galera', 'group', 'failures'];

function readOptions() {
  try {
    return parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

await runProgram(async () => {
  const values = readOptions();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.only !== undefined && !parts.includes(values.only)) throw new Problem(HELP);
  requireNode();
  requireUnix();
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  const wanted = values.only === undefined ? parts : [values.only];
  for (const part of wanted) {
    const code = await inFolder(`clusters-${process.pid}`, (folder) => run(part, folder, interrupted));
    if (code !== 0) return code;
  }
  return 0;
});

/** @param {string} name @param {(folder: string) => Promise<number>} use */
async function inFolder(name, use) {
  const folder = join(stateFolder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return await use(folder);
  } finally {
    await killAllKept();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} part @param {string} folder @param {Promise<NodeJS.Signals>} interrupted */
async function run(part, folder, interrupted) {
  const environment = { ...process.env, NODE_ENV: 'test', TZ: 'Asia/Tokyo', ...readLogins(folder).secrets };
  if (part === 'failures') {
    const jest = ['--selectProjects', 'clusters', '--runInBand', '--forceExit'];
    return runJest(jest, { ...environment, TEST_CLUSTERS: '1' }, interrupted);
  }
  progress(
    `Starting ${part === 'galera' ? 'Galera and Redis Sentinel' : 'Group Replication and Redis Cluster'} …`,
  );
  const starting = part === 'galera' ? openGalera(folder) : openGroup(folder);
  const servers = await Promise.race([interrupted, starting]);
  if (typeof servers === 'string') return 130;
  progress(`The core of the tests runs on ${servers.title}.`);
  // NATS has no part in this; and in a cluster of Redis a gate before one server would only be told where to go.
  const without = [
    'with NATS',
    ...(part === 'group' ? ['when the server comes back', 'while the server is away'] : []),
  ];
  const names = ['--testNamePattern', `^(?!.*(${without.join('|')}))`];
  return runJest(['--maxWorkers=2', ...names, ...core], { ...environment, ...servers.settings }, interrupted);
}

/** @param {string} folder */
async function openGalera(folder) {
  const [database, redis] = [
    await startGalera({ folder: join(folder, 'galera'), database: DATABASE }),
    await startSentinel({ folder: join(folder, 'sentinel') }),
  ];
  return {
    title: `${database.title} and Redis Sentinel`,
    settings: {
      ...databaseSettings(database),
      // For what goes past the sentinels.
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String((await redis.primary()).port),
      REDIS_PASSWORD: redis.password,
      REDIS_SENTINELS: listed(redis.sentinels),
      REDIS_SENTINEL_NAME: redis.name,
    },
  };
}

/** @param {string} folder */
async function openGroup(folder) {
  const [database, redis] = [
    await startGroupReplication({ folder: join(folder, 'group'), database: DATABASE }),
    await startRedisCluster({ folder: join(folder, 'redis-cluster') }),
  ];
  return {
    title: `${database.title} and Redis Cluster`,
    settings: {
      ...databaseSettings(database),
      REDIS_PASSWORD: redis.password,
      REDIS_CLUSTER_NODES: listed(redis.nodes),
    },
  };
}

/** @param {import('./clusters/galera.mjs').DatabaseCluster} cluster */
function databaseSettings({ nodes, user, password }) {
  return { DB_HOST: listed(nodes), DB_NAME: DATABASE, DB_USER: user, DB_PASSWORD: password };
}

/** @param {{ host: string, port: number }[]} addresses */
function listed(addresses) {
  return addresses.map(({ host, port }) => `${host}:${port}`).join(',');
}
