import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

/** What came back, or why nothing did. */
export type Outcome = {
  readonly statusCode: number | null;
  readonly responseBody: string | null;
  readonly error: string | null;
  readonly retryAfterMs?: number | undefined;
};

/** Sends `body` to `url` and waits for the answer. Never throws: whatever goes wrong is an outcome. */
export type Post = (
  url: string,
  message: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal;
  },
) => Promise<Outcome>;

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 1_024;
const MAX_ERROR_CHARACTERS = 200;

/**
 * Posts to addresses of the public internet only, and to `allowedAddresses` (CIDR): the address is checked when the
 * connection is made, after the name has been looked up, so that no name can point inside. Redirects are an answer like
 * any other and are not followed. Each message has a connection of its own.
 */
export const createPost = (allowedAddresses: readonly string[]): Post => {
  const options = { allowIPAddressList: [...allowedAddresses], keepAlive: false };
  const agents = {
    http: new RequestFilteringHttpAgent(options),
    https: new RequestFilteringHttpsAgent(options),
  };

  return (url, { headers, body, signal }) =>
    new Promise((resolve) => {
      const fail = (error: unknown) => {
        resolve({ statusCode: null, responseBody: null, error: describe(error) });
      };
      const settings = {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      };
      const answered = (response: IncomingMessage) => {
        readBeginning(response).then((responseBody) => {
          const { statusCode = null } = response;
          const retryAfterMs = retryAfterOf(response.headers['retry-after']);
          resolve({ statusCode, responseBody, error: null, retryAfterMs });
        }, fail);
      };
      const sent = url.startsWith('https:')
        ? requestHttps(url, { ...settings, agent: agents.https }, answered)
        : requestHttp(url, { ...settings, agent: agents.http }, answered);
      sent.once('error', fail);
      sent.end(body);
    });
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return 'The message could not be sent';
  if (
    error.name === 'TimeoutError' ||
    (error.cause instanceof Error && error.cause.name === 'TimeoutError')
  ) {
    return `No answer within ${TIMEOUT_MS / 1_000} seconds`;
  }
  if (/is not allowed/.test(error.message)) return 'The address is not one of the public internet';
  return error.message.slice(0, MAX_ERROR_CHARACTERS);
};

/** Enough to tell what went wrong; the rest is not waited for. */
const readBeginning = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
};

/** RFC 9110, section 10.2.3, in its form of seconds; dates are rare and left out. */
const retryAfterOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
