// @ts-check
import { createConnection } from 'mysql2/promise';

/** @typedef {import('mysql2/promise').Connection} Connection */
/** @typedef {import('./record-bookings.mjs').Statement} Statement */
/** @typedef {import('./servers.mjs').DatabaseAddress} DatabaseAddress */

/**
 * A connection as the server has them, without the server.
 * @param {DatabaseAddress} address
 * @param {string} database
 * @param {string[]} session statements to begin with
 */
export async function connect({ host, port, user, password }, database, session) {
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    database,
    charset: 'utf8mb4_unicode_520_ci',
    timezone: 'Z',
    dateStrings: ['DATE'],
    supportBigNumbers: true,
    multipleStatements: true,
  });
  for (const statement of session) await connection.query(statement);
  return connection;
}

/**
 * Sends what the server sends for one booking, prepared where the server has it prepared; the last of it commits. Nothing of
 * it is left when something fails.
 * @param {Connection} connection
 * @param {readonly Statement[]} statements
 */
export async function sendBooking(connection, statements) {
  try {
    for (const { text, values } of statements) {
      if (values.length === 0) await connection.query(text);
      else await connection.execute(text, /** @type {(string | number | Date | Buffer | null)[]} */ (values));
    }
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

/**
 * Makes the databases that are not there yet, and answers how the server keeps its commits, as it says itself.
 * @param {DatabaseAddress} address
 * @param {string[]} names
 */
export async function prepareDatabases({ host, port, user, password, title }, names) {
  const connection = await createConnection({ host, port, user, password });
  for (const name of names) await connection.query(`CREATE DATABASE IF NOT EXISTS ${name}`);
  const [rows] = await connection.query(`
    SELECT version() AS version, @@innodb_flush_log_at_trx_commit AS flushLogAtCommit, @@log_bin AS binaryLog,
      @@sync_binlog AS syncBinaryLog`);
  await connection.end();
  const [settings] =
    /** @type {[{ version: string, flushLogAtCommit: number, binaryLog: number, syncBinaryLog: number }]} */ (
      rows
    );
  return { title, ...settings };
}
