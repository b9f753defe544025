// @ts-check
import { join } from 'node:path';
import { randomPassword } from '../servers/logins.mjs';
import { freePort } from '../servers/ports.mjs';
import { startRedis } from '../servers/redis.mjs';
import { fieldsOf, order } from './redis-commands.mjs';
import { untilSo } from './sql.mjs';

const host = '127.0.0.1';
const SLOTS = 16_384;

/**
 * Starts a Redis Cluster of three nodes with a replica each.
 * @param {{ folder: string }} options
 */
export async function startRedisCluster({ folder }) {
  const password = randomPassword();
  const nodes = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (number) =>
      startRedis({
        folder: join(folder, `node${number}`),
        password,
        settings: [
          `masterauth ${password}`,
          'cluster-enabled yes',
          // By default it is ten thousand above the other one, which may be too much.
          `cluster-port ${await freePort()}`,
          'cluster-node-timeout 2000',
        ],
      }),
    ),
  );
  /** @param {number} i @param {[string, ...string[]]} command */
  const tell = (i, ...command) => order({ port: nodes[i]?.port ?? 0, password }, ...command);
  for (const [i, { port }] of nodes.entries()) {
    const bus = fieldsOf(await tell(i, 'CONFIG', 'GET', 'cluster-port')).get('cluster-port') ?? '';
    if (i > 0) await tell(0, 'CLUSTER', 'MEET', host, String(port), bus);
  }
  for (const i of [0, 1, 2]) {
    const [from, to] = [Math.floor((SLOTS / 3) * i), Math.floor((SLOTS / 3) * (i + 1)) - 1];
    await tell(i, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
  }
  for (const i of [3, 4, 5]) {
    const id = String(await tell(i - 3, 'CLUSTER', 'MYID'));
    await untilSo(
      'The nodes know each other',
      async () => (await tell(i, 'CLUSTER', 'REPLICATE', id)) === 'OK',
    );
  }
  await untilSo('The cluster serves, with its replicas', async () => {
    const states = await Promise.all(nodes.map((_, i) => tell(i, 'CLUSTER', 'INFO')));
    const view = String(await tell(0, 'CLUSTER', 'NODES'));
    return (
      states.every((text) => String(text).includes('cluster_state:ok')) &&
      (view.match(/ slave /g) ?? []).length === 3
    );
  });
  return {
    password,
    nodes,
    /** The node that holds a key, as long as no other one has taken over. @param {number} slot */
    ownerOf: (slot) => nodes[Math.min(2, Math.floor(slot / (SLOTS / 3)))],
    /** @param {string} key */
    slotOf: async (key) => Number(await tell(0, 'CLUSTER', 'KEYSLOT', key)),
    kill: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
}
