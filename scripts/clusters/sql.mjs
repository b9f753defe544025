// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { Problem } from '../servers/problem.mjs';

/** @typedef {{ host: string, port: number, user: string, password: string }} Login */
/** @typedef {Record<string, unknown>} Row */

/**
 * Sends statements, one after the other, and answers the rows of the last.
 * @param {Login} login
 * @param {...string} statements
 * @returns {Promise<Row[]>}
 */
export async function tell(login, ...statements) {
  const connection = await createConnection({ ...login, connectTimeout: 2_000 });
  connection.on('error', () => undefined);
  try {
    /** @type {unknown} */
    let rows = [];
    for (const statement of statements) [rows] = await connection.query(statement);
    return /** @type {Row[]} */ (rows);
  } finally {
    connection.destroy();
  }
}

/**
 * Asks again and again until the answer is the wanted one.
 * @param {string} what
 * @param {() => Promise<boolean>} isSo
 * @param {number} [withinMs]
 */
export async function untilSo(what, isSo, withinMs = 120_000) {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await isSo().catch(() => false)) return;
    if (performance.now() > deadline)
      throw new Problem(`${what}: not so within ${withinMs / 1_000} seconds.`);
    await delay(50);
  }
}
