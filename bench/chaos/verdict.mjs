// @ts-check
import { tell, untilSo } from '../../scripts/clusters/sql.mjs';

/** @typedef {import('./load.mjs').Acknowledged} Acknowledged */
/** @typedef {import('../../scripts/clusters/sql.mjs').Login & { database: string }} Place */

/** Those that a booking concerns; each has to have heard of every one once. */
const consumers = ['websocket', 'notifications', 'analytics'];

const BOOKED = "o.type = 'appointment.booked'";

/** @param {Place} place @param {string} statement */
const count = async (place, statement) =>
  Number(Object.values((await tell(place, statement))[0] ?? {})[0] ?? 0);

/**
 * Waits until every event was passed on and every consumer has reacted, as far as they ever will. What is missing then is lost.
 * @param {Place} place
 */
async function untilQuiet(place) {
  await untilSo(
    'Every booking has reached every consumer',
    async () => {
      const events = await count(place, 'SELECT COUNT(*) FROM outbox');
      const published = await count(place, 'SELECT COUNT(*) FROM outbox WHERE published_at IS NOT NULL');
      const heard = await count(
        place,
        `SELECT COUNT(*) FROM inbox i JOIN outbox o ON o.tenant_id = i.tenant_id AND o.id = i.event_id
         WHERE ${BOOKED}`,
      );
      const seen = await count(place, 'SELECT COALESCE(SUM(pending + confirmed), 0) FROM analytics_days');
      const booked = await count(place, 'SELECT COUNT(*) FROM appointments');
      return published === events && heard >= booked * consumers.length && seen === booked;
    },
    90_000,
  ).catch(() => undefined);
}

/**
 * What was promised, counted in the database of one node: each figure has to be 0.
 * @param {Place} place
 * @param {readonly Acknowledged[]} acknowledged
 * @returns {Promise<[name: string, broken: number][]>}
 */
export async function judge(place, acknowledged) {
  await untilQuiet(place);
  const rows = await tell(
    place,
    "SELECT LOWER(HEX(id)) AS id FROM appointments WHERE status IN ('confirmed', 'pending')",
  );
  const stored = new Set(rows.map(({ id }) => String(id)));
  const told = new Set(acknowledged.map(({ id }) => id.replaceAll('-', '')));
  const places = new Set(acknowledged.map((each) => each.place));
  const events = await count(place, 'SELECT COUNT(*) FROM outbox');
  const heardOf = consumers.map(
    (name) => `
    SELECT COUNT(*) AS missing FROM outbox o LEFT JOIN inbox i
      ON i.tenant_id = o.tenant_id AND i.consumer = '${name}' AND i.event_id = o.id
    WHERE i.event_id IS NULL AND ${BOOKED}`,
  );
  return [
    ['Acknowledged bookings lost', [...told].filter((id) => !stored.has(id)).length],
    ['Bookings that nobody was told of', [...stored].filter((id) => !told.has(id)).length],
    ['Double bookings: one time, two answers', acknowledged.length - places.size],
    [
      'Double bookings: one time, two appointments',
      await count(
        place,
        `SELECT COUNT(*) FROM (SELECT 1 FROM appointments WHERE status IN ('confirmed', 'pending')
         GROUP BY tenant_id, doctor_id, starts_at HAVING COUNT(*) > 1) doubled`,
      ),
    ],
    [
      'Bookings without their event, or with two',
      await count(
        place,
        `SELECT ABS(${stored.size} - COUNT(*)) FROM outbox WHERE type = 'appointment.booked'`,
      ),
    ],
    [
      'Events without a place of their own',
      events -
        (await count(
          place,
          'SELECT COUNT(DISTINCT tenant_id, sequence) FROM outbox WHERE published_at IS NOT NULL',
        )),
    ],
    [
      'Bookings that a consumer never heard of',
      await count(place, `SELECT SUM(missing) FROM (${heardOf.join(' UNION ALL ')}) each_consumer`),
    ],
    [
      'Visits that the figures count not at all or twice',
      await count(
        place,
        `SELECT ABS(${stored.size} - COALESCE(SUM(pending + confirmed), 0)) FROM analytics_days`,
      ),
    ],
  ];
}
