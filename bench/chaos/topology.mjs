// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startGalera } from '../../scripts/clusters/galera.mjs';
import { startSentinel } from '../../scripts/clusters/redis-sentinel.mjs';
import { migrate, productionSettings, startBuiltServer } from '../built-server.mjs';

/** Something that can be killed and comes back. @typedef {{ name: string, kill: () => Promise<unknown>, restart: () => Promise<unknown> }} Part */

const database = 'doctor_chaos';

/**
 * Three database nodes, a Redis with replicas and sentinels, two API processes and a worker.
 * @param {string} folder
 */
export async function startTopology(folder) {
  mkdirSync(join(folder, 'app', 'log'), { recursive: true });
  const cluster = await startGalera({ folder: join(folder, 'galera'), database });
  const redis = await startSentinel({ folder: join(folder, 'redis') });
  const [node] = cluster.nodes;
  const { user, password, admin } = cluster;
  const login = { ...node, user, password };
  const settings = {
    ...productionSettings(
      /** @type {never} */ ({
        database: login,
        redis: { host: '127.0.0.1', port: 1, password: redis.password },
      }),
      database,
    ),
    DB_HOST: cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(','),
    REDIS_SENTINELS: redis.sentinels.map(({ host, port }) => `${host}:${port}`).join(','),
    REDIS_SENTINEL_NAME: redis.name,
  };
  await migrate(settings, join(folder, 'app'));

  /** @param {string} name @param {string} role */
  const startProcess = async (name, role) => {
    const start = () =>
      startBuiltServer({ settings: { ...settings, ROLE: role }, folder: join(folder, 'app'), name });
    let server = await start();
    return {
      name,
      url: () => server.url,
      kill: () => server.kill(),
      restart: async () => {
        server = await start();
      },
      stop: () => server.stop(),
    };
  };
  const apis = [await startProcess('API process 1', 'api'), await startProcess('API process 2', 'api')];
  const worker = await startProcess('Worker', 'worker');

  /** @type {Part | undefined} */
  let fallen;
  /** @type {Part[]} */
  const parts = [
    ...cluster.nodes.map(({ kill, restart }, i) => ({
      name: `Database node ${i + 1}${i === 0 ? ' (takes the writes)' : ''}`,
      kill,
      restart,
    })),
    {
      name: 'Redis primary',
      kill: async () => {
        fallen = { name: 'Redis', ...(await redis.primary()) };
        await fallen.kill();
      },
      restart: () => Promise.resolve(fallen?.restart()),
    },
    worker,
    ...apis.slice(0, 1),
  ];
  return {
    title: `${cluster.title}, 3 nodes; Redis Sentinel, 1 primary and 2 replicas; 2 API processes and 1 worker`,
    parts,
    urls: () => apis.map((api) => api.url()),
    admin: { host: node.host, port: node.port, ...admin, database },
    nodes: cluster.nodes,
    stop: () => Promise.all([...apis, worker].map((server) => server.stop())),
  };
}
