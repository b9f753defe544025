import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { Ctx, RequestCtx, TenantCtx } from '../shared/types/context.ts';
import { IdempotentReplay, NOBODY } from '../shared/types/idempotency.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { type Access, isCreating, mediaTypeOf, type Route } from '../shared/utils/route.ts';
import { readIdempotencyKey, readInput } from './request-input.ts';

/** Finds out who calls, and refuses who may not. */
export type Identify = (req: Request, res: Response, access: Access) => Promise<RequestCtx | TenantCtx | Ctx>;

const parseJson: RequestHandler = express.json({ limit: '1mb' });

/** Runs after the caller is known, so that a stranger learns nothing from how a body is read. */
const readBody: RequestHandler = (req, res, next) => {
  const hasBody = req.get('Transfer-Encoding') !== undefined || Number(req.get('Content-Length') ?? 0) > 0;
  if (!hasBody) next();
  else if (!req.is('application/json')) throw new AppError(commonProblems.unsupported_media_type);
  else parseJson(req, res, next);
};

const withIdempotency = (definition: Route, req: Request, ctx: RequestCtx & Partial<Ctx>): RequestCtx => {
  const given = isCreating(definition) ? readIdempotencyKey(req) : undefined;
  if (!given) return ctx;
  const scope = { tenantId: ctx.tenantId ?? NOBODY, userId: ctx.apiKeyId ?? ctx.userId ?? NOBODY };
  return {
    ...ctx,
    idempotency: { ...given, ...scope, encode: (result) => encodeAnswer(definition, result) },
  };
};

const encodeAnswer = ({ response: [, schema], mediaType }: Route, result: unknown): string => {
  const encoded: unknown = schema ? z.encode(schema, result) : result;
  return mediaType === undefined ? JSON.stringify(encoded) : String(encoded);
};

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

/** The ETag of a resource is its version; of anything else that is read, the hash of its text. */
const etagOf = (req: Request, result: unknown, body: string): string | undefined => {
  if (typeof result === 'object' && result !== null && 'version' in result)
    return `"${String(result.version)}"`;
  if (!isRead(req)) return undefined;
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
};

const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((candidate) => ['*', etag, `W/${etag}`].includes(candidate.trim()));

const send = (definition: Route, req: Request, res: Response, result: unknown, body: string) => {
  const [status] = definition.response;
  const etag = etagOf(req, result, body);
  if (etag !== undefined) res.setHeader('ETag', etag);
  if (definition.cacheControl !== undefined) res.setHeader('Cache-Control', definition.cacheControl);
  if (etag !== undefined && isRead(req) && matches(req.get('If-None-Match'), etag)) {
    res.status(304).end();
    return;
  }
  if (status === 201 && typeof result === 'object' && result !== null && 'id' in result) {
    res.setHeader(
      'Location',
      `${req.originalUrl.split('?')[0]?.replace(/\/$/, '') ?? ''}/${String(result.id)}`,
    );
  }
  res.status(status).setHeader('Content-Type', `${mediaTypeOf(definition)}; charset=utf-8`);
  res.end(body);
};

const answer =
  (definition: Route): RequestHandler =>
  async (req, res) => {
    const [status, schema] = definition.response;
    const ctx = withIdempotency(definition, req, res.locals['ctx'] as RequestCtx);
    try {
      const result = await definition.handle(ctx as never, readInput(definition, req) as never);
      if (schema === undefined) res.status(status).end();
      else send(definition, req, res, result, encodeAnswer(definition, result));
    } catch (thrown) {
      if (!(thrown instanceof IdempotentReplay)) throw thrown;
      res.setHeader('Idempotency-Replayed', 'true');
      send(definition, req, res, JSON.parse(thrown.body), thrown.body);
    }
  };

/** The handlers of one route, in order: who calls, what they sent, the answer. Logs and figures know it as `pattern`. */
export const endpoint = (definition: Route, identify: Identify, pattern: string): RequestHandler[] => [
  async (req, res, next) => {
    res.locals['route'] = pattern;
    if (!req.accepts(mediaTypeOf(definition))) throw new AppError(commonProblems.not_acceptable);
    res.locals['ctx'] = await identify(req, res, definition.access);
    next();
  },
  readBody,
  answer(definition),
];
