import type { Request, RequestHandler, Response } from 'express';
import type { Ctx } from '../types/context.ts';
import type { Logger } from '../utils/logger.ts';

/** Asked every few seconds by machines, and of no interest when all is well. */
const isProbe = (path: string): boolean =>
  path === '/health' || path.startsWith('/health/') || path === '/metrics';

const levelOf = (path: string, status = 0): 'debug' | 'info' | 'warn' | 'error' => {
  if (isProbe(path)) return 'debug';
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
};

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
    address: req.ip,
    ...(!res.writableFinished && { aborted: true }),
  };
};

/**
 * One line for each request, when it is over or the client has gone. Holds no header, no body and no query: these may
 * carry tokens and what is said about a patient.
 */
export const accessLog =
  (logger: Logger): RequestHandler =>
  (req, res, next) => {
    const startedAt = performance.now();
    const [path = ''] = req.originalUrl.split('?', 1);
    res.once('close', () => {
      logger[levelOf(path, statusOf(res))](lineOf(req, res, path, startedAt), 'request');
    });
    next();
  };
