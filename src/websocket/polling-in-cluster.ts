import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

const SESSION = /[?&]sid=(\d+)-/;

/** Of the workers of one primary; only digits get into it. */
const socketOf = (worker: string | number): string =>
  join(tmpdir(), `appointments-${process.ppid}-${worker}.sock`);

/** Which worker has begun the session of a request, if it is another one. */
const ownerOf = (req: IncomingMessage, self: number): string | undefined => {
  if (!req.url?.startsWith('/socket.io/')) return undefined;
  const [, owner] = SESSION.exec(req.url) ?? [];
  return owner === undefined || owner === String(self) ? undefined : owner;
};

/** What Engine.IO says of a session that it does not know; the client begins another one. */
const refuse = (res: ServerResponse): void => {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.writeHead(400, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify({ code: 1, message: 'Session ID unknown' }));
};

const forward = (req: IncomingMessage, res: ServerResponse, owner: string): void => {
  const { method, url, headers } = req;
  // A connection that is kept may be closed by the other worker just when it is used again.
  const way = { socketPath: socketOf(owner), agent: false };
  const passed = request({ ...way, method, path: url, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  passed.on('error', () => {
    refuse(res);
  });
  res.on('close', () => passed.destroy());
  req.pipe(passed);
};

/** An upgrade is passed on as it came, and then whatever both sides say. */
const forwardUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer, owner: string): void => {
  const passed = connect(socketOf(owner));
  const headers = req.rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [`${name}: ${req.rawHeaders[i + 1] ?? ''}`] : [],
  );
  passed.write([`${req.method} ${req.url} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
  passed.write(head);
  for (const [one, other] of [
    [socket, passed],
    [passed, socket],
  ] as const) {
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
};

/** Ids of sessions tell which worker has them. Alone, a process needs none of this. */
export const sessionIdOf = (id: string): string => (cluster.worker ? `${cluster.worker.id}-${id}` : id);

/**
 * A client that polls sends each request of one session to whichever worker takes the connection. Workers pass on what belongs to
 * another one, over a socket of their own in the file system. To be called after Socket.IO was attached to `server`; answers
 * what ends it.
 */
export const shareSessions = (server: Server): (() => void) => {
  if (!cluster.worker) return () => undefined;
  const self = cluster.worker.id;
  const [requests, upgrades] = [server.listeners('request'), server.listeners('upgrade')];
  server.removeAllListeners('request');
  server.removeAllListeners('upgrade');
  server.on('request', (req, res) => {
    const owner = ownerOf(req, self);
    if (owner !== undefined) forward(req, res, owner);
    else for (const listener of requests) listener.call(server, req, res);
  });
  server.on('upgrade', (req, socket, head) => {
    const owner = ownerOf(req, self);
    if (owner !== undefined) forwardUpgrade(req, socket, head, owner);
    else for (const listener of upgrades) listener.call(server, req, socket, head);
  });

  const inner = createServer((req, res) => server.emit('request', req, res));
  inner.on('upgrade', (req, socket, head) => server.emit('upgrade', req, socket, head));
  rmSync(socketOf(self), { force: true });
  inner.listen({ path: socketOf(self), exclusive: true });
  return () => {
    inner.close();
    inner.closeAllConnections();
  };
};
