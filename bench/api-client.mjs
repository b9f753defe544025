// @ts-check
import { Agent, request } from 'node:http';
import { Problem } from '../scripts/servers/problem.mjs';

/** An answer of the API. `body` is what its JSON held, or its text. @typedef {{ status: number, body: unknown }} Answer */

/** The body of an answer that holds what was made. @typedef {{ id: string }} Made */

/**
 * Calls the API as one caller, over connections that stay open. `make` refuses every answer but the expected status.
 * @typedef {object} ApiClient
 * @property {(method: string, path: string, body?: object) => Promise<Answer>} send
 * @property {(method: string, path: string, body: object | undefined, status: number) => Promise<unknown>} make
 * @property {(headers: Record<string, string>) => ApiClient} with
 * @property {() => void} close
 */

/**
 * @param {string} baseUrl such as `http://127.0.0.1:3000/api/v1`
 * @param {number} connections
 * @returns {ApiClient}
 */
export function createApiClient(baseUrl, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  return clientOf({ baseUrl, agent, headers: {} });
}

/** @param {{ baseUrl: string, agent: Agent, headers: Record<string, string> }} caller @returns {ApiClient} */
function clientOf({ baseUrl, agent, headers }) {
  /** @type {ApiClient['send']} */
  const send = (method, path, body) => exchange(`${baseUrl}${path}`, { agent, headers, method, body });
  return {
    send,
    make: async (method, path, body, status) => {
      const answer = await send(method, path, body);
      if (answer.status === status) return answer.body;
      throw new Problem(`${method} ${path} should answer ${status}, and answered ${inWords(answer)}`);
    },
    with: (more) => clientOf({ baseUrl, agent, headers: { ...headers, ...more } }),
    close: () => {
      agent.destroy();
    },
  };
}

/**
 * An answer for a message: status and code, or the text.
 * @param {Answer} answer
 */
export function inWords({ status, body }) {
  const { code = '', errors } = /** @type {{ code?: string, errors?: unknown }} */ (body ?? {});
  return `${status} ${code}${errors === undefined ? '' : ` ${JSON.stringify(errors)}`}`.trim();
}

/**
 * @param {string} url
 * @param {{ agent: Agent, headers: Record<string, string>, method: string, body: object | undefined }} options
 * @returns {Promise<Answer>}
 */
function exchange(url, { agent, headers, method, body }) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const ofBody =
    text === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...headers, ...ofBody } }, (incoming) => {
      /** @type {Buffer[]} */
      const parts = [];
      incoming.on('data', (/** @type {Buffer} */ part) => parts.push(part));
      incoming.once('error', reject);
      incoming.once('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: parsed(Buffer.concat(parts).toString()) });
      });
    });
    outgoing.once('error', ({ message }) => {
      reject(new Problem(`${method} ${url.split('?', 1).join()} got no answer: ${message}`));
    });
    outgoing.end(text);
  });
}

/** @param {string} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
