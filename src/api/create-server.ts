import { createServer, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import { classesFor } from './express-classes.ts';

/** Longer than the minute for which load balancers keep a connection: they close first, and lose no request. */
const KEEP_ALIVE_MS = 65_000;
const LIMITS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
};

export type HttpServer = {
  readonly server: Server;
  /**
   * Accepts nothing more, and resolves when every running request is answered, after `graceMs` at the latest; what still
   * runs then is cut off. Connections that are kept open may bring one more request for `lingerMs`, which closes them: whoever
   * sends one at this moment loses none. Sockets that were upgraded are left to whoever did that.
   */
  drain(graceMs: number, lingerMs?: number): Promise<void>;
};

/** A server for `app` with bounded waiting. What is not HTTP is answered 400, and longer than the limit 431, by Node itself. */
export const createHttpServer = (app: Express, limits: Partial<typeof LIMITS> = {}): HttpServer => {
  const server = createServer({ ...LIMITS, ...limits, ...classesFor(app) });
  const running = new Set<ServerResponse>();
  let isDraining = false;
  let whenIdle: (() => void) | undefined;

  server.on('request', (_req, res) => {
    running.add(res);
    if (isDraining) res.setHeader('Connection', 'close');
    res.once('close', () => {
      running.delete(res);
      if (running.size === 0) whenIdle?.();
    });
  });
  server.on('request', app);

  const drain = async (graceMs: number, lingerMs = 0) => {
    isDraining = true;
    for (const res of running) if (!res.headersSent) res.setHeader('Connection', 'close');
    if (lingerMs > 0) {
      // That of HTTP would close what is idle at once.
      NetServer.prototype.close.call(server);
      await sleep(lingerMs);
    } else server.close();
    if (running.size > 0) await idleOr(graceMs);
    if (running.size > 0) server.closeAllConnections();
    else server.closeIdleConnections();
  };

  const idleOr = (graceMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return { server, drain };
};
