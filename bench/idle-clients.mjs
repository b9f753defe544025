// @ts-check
/** Many browsers in one process: opens BENCH_SOCKETS connections to BENCH_URL with BENCH_TOKEN, says so to its parent, and keeps them. */
import { io } from 'socket.io-client';

const { BENCH_URL: url = '', BENCH_TOKEN: token = '', BENCH_SOCKETS: wanted = '0' } = process.env;
const atOnce = 50;

/** @returns {Promise<void>} */
const open = () =>
  new Promise((resolve, reject) => {
    const options = { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false };
    const socket = io(url, { ...options, timeout: 60_000 });
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
    socket.once('disconnect', (reason) => process.send?.({ lost: reason }));
  });

let begun = 0;
const openNext = async () => {
  while (begun < Number(wanted)) {
    begun += 1;
    await open();
  }
};

try {
  await Promise.all(Array.from({ length: atOnce }, openNext));
  process.send?.({ connected: Number(wanted) });
} catch (error) {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) });
}
