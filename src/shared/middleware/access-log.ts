import type { Request, RequestHandler, Response } from 'express';
import type { Ctx } from '../types/context.ts';
import { plainAddress } from '../utils/address.ts';
import type { Logger } from '../utils/logger.ts';

/** Asked every few seconds by machines, and of no interest when all is well. */
export const isProbe = (path: string): boolean =>
  path === '/health' || path.startsWith('/health/') || path === '/metrics';

const levelOf = (path: string, status = 0): 'debug' | 'info' | 'warn' | 'error' => {
  if (isProbe(path)) return 'debug';
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
};

/** As long as a secret and longer than an id: the address of a calendar feed opens it, so that no log may hold it. */
const SECRET = /[\w-]{40,}/g;

/** None, when the client left before there was one. */
const statusOf = (res: Response): number | undefined => (res.headersSent ? res.statusCode : undefined);

const lineOf = (req: Request, res: Response, path: string, startedAt: number) => {
  const ctx = (res.locals['ctx'] ?? {}) as Partial<Ctx>;
  return {
    requestId: res.locals['requestId'] as string,
    method: req.method,
    path,
    route: res.locals['route'] as string | undefined,
    status: statusOf(res),
    durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    tenantId: ctx.tenantId,
    userId: ctx.userId,
    address: plainAddress(req.ip),
    ...(res.locals['trace'] as object | undefined),
    ...(!res.writableFinished && { aborted: true }),
  };
};

/**
 * One line for each request, when it is over or the client has gone. Holds no header, no body and no query: these may
 * carry tokens and what is said about a patient. What looks like a secret in a path is left out.
 */
export const accessLog =
  (loggerOf: (tenantId: string | undefined) => Logger): RequestHandler =>
  (req, res, next) => {
    const startedAt = performance.now();
    const [asked = ''] = req.originalUrl.split('?', 1);
    const path = asked.replaceAll(SECRET, '[secret]');
    res.once('close', () => {
      const ctx = res.locals['ctx'] as Partial<Ctx> | undefined;
      const logger = loggerOf(ctx?.tenantId);
      const level = levelOf(path, statusOf(res));
      if (logger.isLevelEnabled(level)) logger[level](lineOf(req, res, path, startedAt), 'request');
    });
    next();
  };
