// @ts-check
import { connect } from 'node:net';

/** @typedef {{ host: string, port: number }} Address */

/**
 * Waits for a database to greet: the first packet of the MySQL protocol, with protocol version 10. An open port alone
 * is not enough, because a server listens before it can answer.
 * @param {Address} address
 * @param {number} [timeoutMs]
 * @returns {Promise<'ready' | 'not ready'>}
 */
export function greetDatabase(address, timeoutMs = 2_000) {
  // Three bytes of length, one of sequence, then the protocol version; 255 would be an error such as "too many connections".
  return converse(address, timeoutMs, [], (answer) =>
    answer.length < 5 ? undefined : answer[4] === 10 ? 'ready' : 'not ready',
  );
}

/**
 * Asks a Redis server whether it serves: AUTH and PING, answered by PONG. A server that is loading its data is not ready.
 * @param {Address & { username?: string, password?: string }} server
 * @param {number} [timeoutMs]
 * @returns {Promise<'ready' | 'wrong password' | 'not ready'>}
 */
export function pingRedis({ username, password, ...address }, timeoutMs = 2_000) {
  const login = password ? [['AUTH', ...(username ? [username] : []), password]] : [];
  return converse(address, timeoutMs, [...login, ['PING']], (answer) => {
    const text = answer.toString('utf8');
    if (text.includes('+PONG')) return 'ready';
    if (/^-(WRONGPASS|NOAUTH|ERR (invalid password|AUTH|Client sent AUTH))/m.test(text))
      return 'wrong password';
    return text.includes('-LOADING') ? 'not ready' : undefined;
  });
}

/**
 * Waits for a NATS server to greet, with JetStream.
 * @param {Address} address
 * @param {number} [timeoutMs]
 * @returns {Promise<'ready' | 'not ready'>}
 */
export function greetNats(address, timeoutMs = 2_000) {
  return converse(address, timeoutMs, [], (answer) => {
    const line = answer.toString('utf8');
    if (!line.includes('\r\n')) return undefined;
    return /^INFO .*"jetstream":true/.test(line) ? 'ready' : 'not ready';
  });
}

/**
 * Sends commands (RESP, https://redis.io/docs/latest/develop/reference/protocol-spec/) and reads until an answer is understood.
 * @template {string} T
 * @param {Address} address
 * @param {number} timeoutMs
 * @param {string[][]} commands
 * @param {(received: Buffer) => T | undefined} understand
 * @returns {Promise<T | 'not ready'>}
 */
function converse({ host, port }, timeoutMs, commands, understand) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    /** @param {T | 'not ready'} result */
    const finish = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => {
      finish('not ready');
    });
    socket.once('error', () => {
      finish('not ready');
    });
    socket.once('close', () => {
      finish('not ready');
    });
    socket.once('connect', () => {
      if (commands.length > 0) socket.write(commands.map(encode).join(''));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const result = understand(received);
      if (result !== undefined) finish(result);
    });
  });
}

/** @param {string[]} words */
function encode(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
