// @ts-check
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { greetDatabase } from '../servers/handshake.mjs';
import { installedDatabase, mysqlFolder } from '../servers/installed-database.mjs';
import { unpackMysql } from '../servers/mysql-from-debian.mjs';
import { freePort } from '../servers/ports.mjs';
import { programTitle } from '../servers/programs.mjs';
import { packagesLog } from '../servers/project.mjs';
import { startServer } from '../servers/running-server.mjs';
import { nodeArguments } from './node-arguments.mjs';
import { seedDataFolders } from './seed-data.mjs';
import { tell, untilSo } from './sql.mjs';

const host = '127.0.0.1';
const title = 'Group Replication';

/**
 * Starts three members of a group in which one takes writes. MySQL is fetched where there is none.
 * @param {{ folder: string, database: string }} options
 * @returns {Promise<import('./galera.mjs').DatabaseCluster>}
 */
export async function startGroupReplication({ folder, database }) {
  const program = installedDatabase('mysql') ?? (await unpackMysql(mysqlFolder, packagesLog));
  const folders = [1, 2, 3].map((number) => join(folder, `member${number}`));
  const logins = await seedDataFolders({ folder, program, database, nodes: folders });
  const groupPorts = [await freePort(), await freePort(), await freePort()];
  const group = randomUUID();

  /** @param {number} i */
  const start = async (i) => {
    const own = folders[i] ?? '';
    mkdirSync(own, { recursive: true });
    let isNew = true;
    const server = await startServer(
      {
        title: `${programTitle(program)} with ${title}`,
        order: (port) => {
          // Once it belongs to the group it goes back there by itself, and takes no writes before.
          const joins = isNew ? 'OFF' : 'ON';
          isNew = false;
          return {
            command: program.command,
            args: [
              ...nodeArguments(program, own, port),
              '--secure-file-priv=NULL',
              '--loose-mysqlx=OFF',
              `--server-id=${i + 1}`,
              `--report-host=${host}`,
              `--report-port=${port}`,
              '--gtid-mode=ON',
              '--enforce-gtid-consistency=ON',
              '--log-bin=binary',
              '--sync-binlog=0',
              '--plugin-load-add=group_replication.so',
              `--loose-group-replication-group-name=${group}`,
              `--loose-group-replication-local-address=${host}:${groupPorts[i]}`,
              `--loose-group-replication-group-seeds=${groupPorts.map((each) => `${host}:${each}`).join(',')}`,
              `--loose-group-replication-ip-allowlist=${host}`,
              `--loose-group-replication-start-on-boot=${joins}`,
              '--loose-group-replication-consistency=BEFORE_ON_PRIMARY_FAILOVER',
              '--loose-group-replication-member-expel-timeout=0',
              '--loose-group-replication-recovery-get-public-key=ON',
            ],
            cwd: own,
            log: join(own, 'database.log'),
            record: join(own, 'process.json'),
            graceMs: 30_000,
            group: false,
          };
        },
        isReady: async (port) => (await greetDatabase({ host, port })) === 'ready',
        readyWithinMs: 180_000,
      },
      undefined,
    );
    /** @type {import('./sql.mjs').Login} */
    const login = { host, port: server.port, ...logins.admin };
    await tell(
      login,
      `CHANGE REPLICATION SOURCE TO SOURCE_USER = '${logins.admin.user}', SOURCE_PASSWORD = '${logins.admin.password}' FOR CHANNEL 'group_replication_recovery'`,
      ...(i === 0 ? ['SET GLOBAL group_replication_bootstrap_group = ON'] : []),
      'START GROUP_REPLICATION',
      'SET GLOBAL group_replication_bootstrap_group = OFF',
    );
    const isOnline = async () => {
      const rows = await tell(
        login,
        'SELECT member_state AS state FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid',
      );
      return rows[0]?.['state'] === 'ONLINE';
    };
    await untilSo(`Member ${i + 1} belongs to the group`, isOnline);
    const restart = async () => {
      await server.restart();
      await untilSo(`Member ${i + 1} belongs to the group again`, isOnline);
    };
    return { ...server, restart, host };
  };

  const nodes = /** @type {import('./galera.mjs').DatabaseCluster['nodes']} */ ([
    await start(0),
    await start(1),
    await start(2),
  ]);
  return {
    title: `${programTitle(program)} with ${title}`,
    nodes,
    database,
    ...logins,
    kill: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
}
