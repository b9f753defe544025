// @ts-check
import { greetDatabase, pingRedis } from './handshake.mjs';
import { Problem } from './problem.mjs';

/** @typedef {import('./env-file.mjs').Settings} Settings */

/**
 * A server that somebody else runs, as the settings name it; `others` are further nodes of its cluster. `setBy` says where.
 * @typedef {{ host: string, port: number, others?: { host: string, port: number }[], user?: string, password?: string, setBy: string }} ConfiguredServer
 */

/**
 * The server that `<prefix>_HOST` names, in the environment or else in .env; undefined when neither names one.
 * @param {string} prefix
 * @param {number} defaultPort
 * @param {NodeJS.ProcessEnv} environment
 * @param {Settings} fromFile
 * @returns {ConfiguredServer | undefined}
 */
export function configuredServer(prefix, defaultPort, environment, fromFile) {
  /** @param {string} name */
  const setting = (name) => environment[`${prefix}_${name}`] ?? fromFile[`${prefix}_${name}`];
  const host = setting('HOST');
  if (!host) return undefined;
  const usualPort = Number(setting('PORT') || defaultPort);
  if (!Number.isInteger(usualPort) || usualPort < 1 || usualPort > 65_535)
    throw new Problem(`${prefix}_PORT is not a port number.`);
  const [first = { host, port: usualPort }, ...others] = host.split(',').map((item) => {
    const [, name = item.trim(), port] = /^([^:]+):(\d+)$/.exec(item.trim()) ?? [];
    return { host: name, port: Number(port ?? usualPort) };
  });
  const user = setting('USER');
  const password = setting('PASSWORD');
  return {
    ...first,
    ...(others.length > 0 ? { others } : {}),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    setBy: `${prefix}_HOST in ${environment[`${prefix}_HOST`] === undefined ? '.env' : 'the environment'}`,
  };
}

/**
 * Makes sure that a configured database answers; a Problem names its address and setting when it does not.
 * @param {ConfiguredServer} server
 */
export async function requireDatabase(server) {
  for (const place of [server, ...(server.others ?? [])])
    if ((await greetDatabase(place, 5_000)) === 'ready') return;
  throw unreachable('MySQL', server);
}

/**
 * Makes sure that a configured Redis answers; a Problem names its address and setting when it does not.
 * @param {ConfiguredServer} server
 */
export async function requireRedis(server) {
  const { host, port, user, password } = server;
  const login = { ...(user ? { username: user } : {}), ...(password ? { password } : {}) };
  const answer = await pingRedis({ host, port, ...login }, 5_000);
  if (answer === 'wrong password') {
    throw new Problem(
      `Redis at ${host}:${port} (${server.setBy}) refuses the password; correct REDIS_PASSWORD.`,
    );
  }
  if (answer !== 'ready') throw unreachable('Redis', server);
}

/** @param {string} what @param {ConfiguredServer} server */
function unreachable(what, { host, port, setBy }) {
  return new Problem(
    `${what} does not answer at ${host}:${port} (${setBy}).\n` +
      'Start it, correct the setting, or remove it to let this command start a private one.',
  );
}
