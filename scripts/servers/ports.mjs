// @ts-check
import { createServer } from 'node:net';
import { errorCode, Problem } from './problem.mjs';

/** A loopback port that nothing uses now. */
export async function freePort() {
  return listenBriefly(0, '127.0.0.1');
}

/**
 * Whether a server could listen on a port now, on every address of the machine.
 * @param {number} port
 */
export async function isPortFree(port) {
  try {
    // Both, because some systems let a wildcard listener share the port with a loopback one.
    await listenBriefly(port, '127.0.0.1');
    await listenBriefly(port, undefined);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return false;
    if (errorCode(error) === 'EACCES')
      throw new Problem(`Port ${port} needs more rights than this user has; set PORT.`);
    throw error;
  }
}

/**
 * The wanted port, or the first free one above it.
 * @param {number} wanted
 */
export async function nextFreePort(wanted) {
  for (let port = wanted; port <= 65_535 && port < wanted + 200; port += 1) {
    if (await isPortFree(port)) return port;
  }
  throw new Problem(`No free port at or above ${wanted}; set PORT.`);
}

/** @param {number} port @param {string | undefined} host @returns {Promise<number>} */
function listenBriefly(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }), exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => {
        resolve(taken);
      });
    });
  });
}
