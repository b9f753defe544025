// @ts-check
import { Problem } from '../scripts/servers/problem.mjs';
import { startBuiltServer } from './built-server.mjs';
import { visitsToBook } from './calendar.mjs';
import { workOff } from './clients.mjs';
import { book, makeClinic } from './clinic.mjs';

/** @typedef {import('./record-bookings.mjs').Statement} Statement */
/** @typedef {import('./record-bookings.mjs').Report} Report */

/**
 * What the server would have done. `session` are the statements that prepare a connection; each booking is what its
 * transaction runs before the commit.
 * @typedef {{ session: string[], bookings: Statement[][] }} Rehearsed
 */

/** Bookings that come at once would share a transaction. */
const clients = 1;

/**
 * Has a built server book so many visits in a clinic of its own and roll every booking back, and answers the statements that it
 * ran: the very rows, ready to be sent by somebody else.
 * @param {{ settings: Record<string, string>, folder: string, size: import('./options.mjs').Plan['clinic'], count: number }} options
 * @returns {Promise<Rehearsed>}
 */
export async function rehearse({ settings, folder, size, count }) {
  const { session, bookings, listen } = collector();
  const preload = [new URL('record-bookings.mjs', import.meta.url).href];
  const server = await startBuiltServer({ settings, folder, name: 'rehearsal', preload, onMessage: listen });
  // No statement of a booking reads other days than its own.
  const clinic = await makeClinic(server.url, { ...size, bookedDays: 1 });
  const visits = await visitsToBook(clinic, count);
  server.send('record');
  await workOff(clients, visits, (visit) => book(clinic.reception, visit));
  await server.stop();
  clinic.reception.close();
  if (bookings.length !== count) {
    throw new Problem(`Of ${count} bookings, the statements of ${bookings.length} could be recorded.`);
  }
  return { session: [...session], bookings };
}

function collector() {
  /** @type {Set<string>} */
  const session = new Set();
  /** @type {Statement[][]} */
  const bookings = [];
  /** One string for all statements that read the same. @type {Map<string, string>} */
  const texts = new Map();
  /** @param {unknown} message */
  const listen = (message) => {
    const report = /** @type {Report} */ (message);
    if ('session' in report) session.add(report.session);
    else bookings.push(report.booking.map(({ text, values }) => ({ text: shared(texts, text), values })));
  };
  return { session, bookings, listen };
}

/** @param {Map<string, string>} texts @param {string} text */
function shared(texts, text) {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}
