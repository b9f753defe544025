// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { visitsToBook } from '../calendar.mjs';
import { book } from '../clinic.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../benchmark.mjs').Scene} Scene */
/** @typedef {import('socket.io-client').Socket} Socket */

const connectWithinMs = 5_000;
const waitForLastMs = 5_000;
/** In which what was asked for beforehand comes to its end, at the server and here. */
const pauseMs = 500;

/**
 * Books at a modest, steady rate while the receptionist listens, and measures from the answer to a booking, which comes just
 * after its commit, to the message about it. A time below zero is a message that came before the answer.
 * @param {Scene} scene
 * @returns {Promise<Series[]>}
 */
export async function measureEvents({ plan: { events }, server, clinic, caller }) {
  const visits = await visitsToBook(clinic, events.count);
  const socket = await listen(server.url, clinic.token);
  /** When the message about each appointment came. @type {Map<string, number>} */
  const told = new Map();
  socket.on('appointment_created', (/** @type {{ data: { appointment: { id: string } } }} */ { data }) => {
    told.set(data.appointment.id, performance.now());
  });
  await delay(pauseMs);
  const booked = await Promise.all(
    visits.map(async (visit, index) => {
      await delay((index * 1_000) / events.perSecond);
      const { id } = await book(caller, visit);
      return { id, answeredAt: performance.now() };
    }),
  );
  const deadline = performance.now() + waitForLastMs;
  while (told.size < booked.length && performance.now() < deadline) await delay(20);
  socket.disconnect();
  const times = booked.flatMap(({ id, answeredAt }) => {
    const toldAt = told.get(id);
    return toldAt === undefined ? [] : [toldAt - answeredAt];
  });
  const missing = booked.length - times.length;
  const failure = missing === 0 ? {} : { failure: `${missing} of ${booked.length} bookings were not told` };
  return [{ name: 'message to a socket, after the answer', rounds: [{ times, ...failure }] }];
}

/** @param {string} url @param {string} token @returns {Promise<Socket>} */
function listen(url, token) {
  return new Promise((resolve, reject) => {
    const socket = io(url, { auth: { token }, transports: ['websocket'], timeout: connectWithinMs });
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('connect_error', (error) => {
      socket.disconnect();
      reject(error);
    });
  });
}
