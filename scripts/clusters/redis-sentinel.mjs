// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pingRedis } from '../servers/handshake.mjs';
import { randomPassword } from '../servers/logins.mjs';
import { Problem } from '../servers/problem.mjs';
import { findRedisProgram } from '../servers/programs.mjs';
import { startRedis } from '../servers/redis.mjs';
import { startServer } from '../servers/running-server.mjs';
import { fieldsOf, order } from './redis-commands.mjs';
import { untilSo } from './sql.mjs';

/** @typedef {import('../servers/redis.mjs').RunningRedis} RunningRedis */

const host = '127.0.0.1';
const name = 'doctor';

/**
 * Starts a primary with two replicas, and three sentinels that watch over them and put a replica in the place of a primary that is gone.
 * @param {{ folder: string }} options
 */
export async function startSentinel({ folder }) {
  const program = findRedisProgram();
  if (program === undefined)
    throw new Problem('No redis-server (6.0 or newer) and no valkey-server was found.');
  const password = randomPassword();
  const auth = [`masterauth ${password}`];
  const primary = await startRedis({ folder: join(folder, 'redis1'), password, settings: auth });
  const follow = [...auth, `replicaof ${host} ${primary.port}`];
  const replicas = await Promise.all(
    [2, 3].map((number) =>
      startRedis({ folder: join(folder, `redis${number}`), password, settings: follow }),
    ),
  );
  const sentinels = await Promise.all(
    [1, 2, 3].map((number) => {
      const own = join(folder, `sentinel${number}`);
      const file = join(own, 'sentinel.conf');
      mkdirSync(own, { recursive: true, mode: 0o700 });
      return startServer(
        {
          title: 'Redis Sentinel',
          order: (port) => {
            writeFileSync(
              file,
              [
                `port ${port}`,
                `bind ${host}`,
                `dir ${JSON.stringify(own)}`,
                `sentinel monitor ${name} ${host} ${primary.port} 2`,
                `sentinel auth-pass ${name} ${password}`,
                `sentinel down-after-milliseconds ${name} 1000`,
                `sentinel failover-timeout ${name} 10000`,
                `sentinel parallel-syncs ${name} 2`,
                '',
              ].join('\n'),
              { mode: 0o600 },
            );
            return {
              command: program.command,
              ...(program.argv0 === undefined ? {} : { argv0: program.argv0 }),
              args: [file, '--sentinel'],
              cwd: own,
              log: join(own, 'sentinel.log'),
              record: join(own, 'process.json'),
              graceMs: 5_000,
              group: false,
            };
          },
          isReady: async (port) => (await pingRedis({ host, port })) === 'ready',
          readyWithinMs: 60_000,
        },
        undefined,
      );
    }),
  );
  const servers = [primary, ...replicas];
  const [first] = sentinels;
  /** The port of the server that is the primary now. */
  const primaryPort = async () => {
    const answer = await order({ port: first?.port ?? 0 }, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
    return Number(/** @type {string[]} */ (answer)[1]);
  };
  await untilSo('Every sentinel knows the replicas and the other sentinels', async () => {
    const answers = await Promise.all(sentinels.map((each) => order(each, 'SENTINEL', 'MASTER', name)));
    return answers
      .map(fieldsOf)
      .every((of) => of.get('num-slaves') === '2' && of.get('num-other-sentinels') === '2');
  });
  return {
    name,
    password,
    servers,
    sentinels: sentinels.map(({ port }) => ({ host, port })),
    /** @returns {Promise<RunningRedis>} */
    primary: async () => {
      const port = await primaryPort();
      const server = servers.find((each) => each.port === port);
      if (server === undefined)
        throw new Problem(`The sentinels name a primary at port ${port}, which is not known.`);
      return server;
    },
    kill: async () => {
      await Promise.all([...sentinels, ...servers].map((server) => server.kill()));
    },
  };
}
