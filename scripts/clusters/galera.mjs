// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackPackages } from '../servers/debian-packages.mjs';
import { greetDatabase } from '../servers/handshake.mjs';
import { freePort } from '../servers/ports.mjs';
import { Problem } from '../servers/problem.mjs';
import { findDatabaseProgram, programTitle } from '../servers/programs.mjs';
import { stateFolder } from '../servers/project.mjs';
import { startServer } from '../servers/running-server.mjs';
import { nodeArguments } from './node-arguments.mjs';
import { seedDataFolders } from './seed-data.mjs';
import { tell, untilSo } from './sql.mjs';

/** @typedef {import('../servers/running-server.mjs').ServerControl & { host: string, port: number }} ClusterNode */
/** @typedef {{ title: string, nodes: [ClusterNode, ClusterNode, ClusterNode], database: string, kill: () => Promise<void> } & import('./seed-data.mjs').Logins} DatabaseCluster */

const host = '127.0.0.1';
/** The library; the programs by which nodes send their data; what these link to. */
const packages = ['galera-4', 'mariadb-server', 'rsync', 'lsof', 'libpopt0', 'libxxhash0'];
/** A node that does not answer for so long is left out by the others; the defaults are three times as long. */
const patience =
  'evs.keepalive_period=PT0.5S; evs.suspect_timeout=PT2S; evs.inactive_timeout=PT5S; evs.inactive_check_period=PT0.5S';

/**
 * Starts three nodes of MariaDB with Galera. What is missing is unpacked from the packages of Debian.
 * @param {{ folder: string, database: string }} options
 * @returns {Promise<DatabaseCluster>}
 */
export async function startGalera({ folder, database }) {
  const program = findDatabaseProgram({ engine: 'mariadb' });
  if (program === undefined) throw new Problem('There is no MariaDB (10.11 or newer) here.');
  const { provider, env } = requireGalera();
  const folders = [1, 2, 3].map((number) => join(folder, `node${number}`));
  const logins = await seedDataFolders({ folder, program, database, nodes: folders });
  const groupPorts = [await freePort(), await freePort(), await freePort()];
  const members = groupPorts.map((port) => `${host}:${port}`).join(',');

  /** @param {number} i */
  const start = async (i) => {
    const own = folders[i] ?? '';
    mkdirSync(own, { recursive: true });
    const [statePort, gradualPort] = [await freePort(), await freePort()];
    let isFirst = i === 0;
    const log = join(own, 'database.log');
    const server = await startServer(
      {
        title: `${programTitle(program)} with Galera`,
        order: (port) => {
          const args = nodeArguments(program, own, port);
          const options = [
            '--binlog-format=ROW',
            '--innodb-autoinc-lock-mode=2',
            '--wsrep-on=ON',
            `--wsrep-provider=${provider}`,
            `--wsrep-cluster-name=${database}`,
            `--wsrep-cluster-address=gcomm://${members}`,
            `--wsrep-node-name=node${i + 1}`,
            `--wsrep-node-address=${host}`,
            `--wsrep-provider-options=gmcast.listen_addr=tcp://${host}:${groupPorts[i]}; ist.recv_addr=${host}:${gradualPort}; gcache.size=64M; ${patience}`,
            '--wsrep-sst-method=rsync',
            `--wsrep-sst-receive-address=${host}:${statePort}`,
            '--wsrep-slave-threads=2',
          ];
          const begin = isFirst
            ? ['--wsrep-new-cluster']
            : positionOf(program.command, [...args, ...options], own);
          isFirst = false;
          return {
            command: program.command,
            args: [...args, ...options, ...begin],
            cwd: own,
            log,
            record: join(own, 'process.json'),
            graceMs: 30_000,
            group: true,
            env,
          };
        },
        isReady: async (port) => (await greetDatabase({ host, port })) === 'ready' && (await isSynced(port)),
        readyWithinMs: 180_000,
      },
      undefined,
    );
    return { ...server, host };
  };
  /** @param {number} port */
  const isSynced = async (port) => {
    try {
      const rows = await tell(
        { host, port, ...logins.admin },
        "SHOW STATUS LIKE 'wsrep_local_state_comment'",
      );
      return rows[0]?.['Value'] === 'Synced';
    } catch {
      return false;
    }
  };

  const nodes = /** @type {DatabaseCluster['nodes']} */ ([await start(0), await start(1), await start(2)]);
  await untilSo('Three nodes belong to the cluster', async () => {
    const rows = await tell(
      { host, port: nodes[0].port, ...logins.admin },
      "SHOW STATUS LIKE 'wsrep_cluster_size'",
    );
    return rows[0]?.['Value'] === '3';
  });
  return {
    title: `${programTitle(program)} with Galera`,
    nodes,
    database,
    ...logins,
    kill: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
}

/** Where the library is, and the environment with the programs that a node needs to give its data to another. */
function requireGalera() {
  const usr = join(stateFolder, 'galera', 'usr');
  const provider = join(usr, 'lib', 'galera', 'libgalera_smm.so');
  if (!existsSync(provider) && !unpackPackages(join(stateFolder, 'galera'), packages))
    throw new Problem('Galera is fetched from the packages of Debian, and this is no Debian.');
  const libraries = readdirSync(join(usr, 'lib')).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const path = [rsyncOfRoot(usr), join(usr, 'bin'), process.env['PATH'] ?? '', '/usr/sbin'].join(delimiter);
  return { provider, env: { ...process.env, PATH: path, LD_LIBRARY_PATH: join(usr, 'lib', libraries) } };
}

/**
 * A folder with an rsync that stays root where its parent is: as a daemon it would become somebody who may not write into the data folder.
 * @param {string} usr
 */
function rsyncOfRoot(usr) {
  const folder = join(usr, 'own-bin');
  const stay =
    process.getuid?.() === 0
      ? 'case " $* " in *" --daemon "*) set -- --dparam=uid=0 --dparam=gid=0 "$@";; esac'
      : '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rsync'), `#!/bin/sh\n${stay}\nexec ${join(usr, 'bin', 'rsync')} "$@"\n`, {
    mode: 0o755,
  });
  return folder;
}

/**
 * Where a node was when it ended, however it ended, so that it is sent only what it has missed.
 * @param {string} command @param {string[]} args @param {string} cwd
 */
function positionOf(command, args, cwd) {
  if (!existsSync(join(cwd, 'data', 'grastate.dat'))) return [];
  const { stderr } = spawnSync(command, [...args, '--wsrep-recover'], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const found = [...stderr.matchAll(/Recovered position:\s*(\S+)/g)].at(-1)?.[1];
  return found === undefined ? [] : [`--wsrep-start-position=${found}`];
}
