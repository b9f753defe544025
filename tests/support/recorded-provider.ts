import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What somebody was sent over HTTP. */
export type Call = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};
type Reply = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

/** Somebody at the other end of HTTP: remembers every call, and answers as it is told to. */
export type RecordedProvider = {
  readonly port: number;
  readonly calls: Call[];
  /** What to answer from now on; a promise keeps the caller waiting. */
  answer(reply: (call: Call) => Reply | Promise<Reply>): void;
  stop(): void;
};

/** With a certificate it speaks HTTPS. */
export const startRecordedProvider = async (
  first: (call: Call) => Reply,
  tls?: { key: string; cert: string },
): Promise<RecordedProvider> => {
  const calls: Call[] = [];
  let reply: (call: Call) => Reply | Promise<Reply> = first;
  const listener: RequestListener = (req, res) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of req) parts.push(part as Buffer);
      const call = { path: req.url ?? '', headers: req.headers, body: Buffer.concat(parts) };
      calls.push(call);
      const { status, body = '', headers = {} } = await reply(call);
      res.writeHead(status, headers).end(body);
    })();
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    answer: (next) => {
      reply = next;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
