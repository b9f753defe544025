// @ts-check
/**
 * Preloaded into a built server that shall book without a trace: once it is told `record`, it reports the statements of
 * each transaction that books an appointment, and rolls back where it was asked to commit. Everything else goes on as ever.
 */
import mysql from 'mysql2';

/** What is sent at once: a statement with what is bound to it, or several with their values in them. @typedef {{ text: string, values: unknown[] }} Statement */
/** @typedef {{ session: string } | { booking: Statement[] }} Report */
/** What the driver's `query` and `execute` take: a text, or options that hold one. @typedef {string | { sql: string, values?: unknown[] }} Asked */
/** @typedef {(this: object, asked: Asked, ...more: unknown[]) => unknown} Method */

let isRecording = false;
process.on('message', (message) => {
  if (message === 'record') isRecording = true;
});
// Listening alone must not keep the server from ending.
process.channel?.unref();

/** What each connection has sent in its transaction. @type {WeakMap<object, Statement[]>} */
const open = new WeakMap();

/** @param {Report} report */
function tell(report) {
  process.send?.(report);
}

/** @param {Asked} asked @param {unknown[]} more @returns {Statement} */
function statementOf(asked, more) {
  const values = typeof asked === 'string' ? more[0] : (asked.values ?? more[0]);
  return {
    text: typeof asked === 'string' ? asked : asked.sql,
    values: Array.isArray(values) ? /** @type {unknown[]} */ (values) : [],
  };
}

/**
 * Takes down what goes to the database at once, which may be several statements, and answers what to send in its place.
 * @param {object} connection @param {Statement} statement
 */
function takeDown(connection, { text, values }) {
  if (/^SET SESSION/i.test(text)) tell({ session: text });
  if (/^START TRANSACTION/i.test(text)) open.set(connection, []);
  open.get(connection)?.push({ text, values });
  if (/^ROLLBACK$/i.test(text)) open.delete(connection);
  if (!/(^|;\n)COMMIT$/i.test(text)) return text;
  return isBooking(connection) ? text.replace(/COMMIT$/i, 'ROLLBACK') : text;
}

/** Reports the connection's transaction if it is one to take back. @param {object} connection */
function isBooking(connection) {
  const statements = open.get(connection) ?? [];
  open.delete(connection);
  if (!isRecording || !statements.some(({ text }) => /\bINTO\s+appointments\b/i.test(text))) return false;
  tell({ booking: statements });
  return true;
}

/** @param {Record<string, Method>} owner @param {string} name */
function listenTo(owner, name) {
  const original = owner[name];
  if (original === undefined) throw new Error(`The driver's connections have no ${name} any more`);
  owner[name] = function (asked, ...more) {
    const text = takeDown(this, statementOf(asked, more));
    return original.call(this, typeof asked === 'string' ? text : { ...asked, sql: text }, ...more);
  };
}

/** The class from which every kind of connection inherits. */
function baseConnection() {
  /** @type {unknown} */
  let prototype = /** @type {{ Connection: { prototype: unknown } }} */ (/** @type {unknown} */ (mysql))
    .Connection.prototype;
  while (!Object.hasOwn(/** @type {object} */ (prototype), 'execute')) {
    prototype = Object.getPrototypeOf(prototype);
  }
  return /** @type {Record<string, Method>} */ (prototype);
}

for (const name of ['query', 'execute']) listenTo(baseConnection(), name);
