// @ts-check
import { Redis } from 'ioredis';

/**
 * Sends one command, and answers what the server says.
 * @param {{ port: number, password?: string }} server
 * @param {string} command
 * @param {...string} args
 * @returns {Promise<unknown>}
 */
export async function order({ port, password }, command, ...args) {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    ...(password === undefined ? {} : { password }),
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', () => undefined);
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

/** What a server lists as names and values in turns. @param {unknown} answer */
export function fieldsOf(answer) {
  const list = /** @type {unknown[]} */ (answer).map(String);
  return new Map(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1] ?? '']] : [])));
}
