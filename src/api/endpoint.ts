import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { Ctx, RequestCtx, TenantCtx } from '../shared/types/context.ts';
import { type Download, FileBytes } from '../shared/types/file.ts';
import { IdempotentReplay, NOBODY } from '../shared/types/idempotency.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { type Access, isCreating, mediaTypesOf, type Route } from '../shared/utils/route.ts';
import { ignoreRest, receiveFile } from './incoming-file.ts';
import { readIdempotencyKey, readInput } from './request-input.ts';
import { sendFile } from './send-file.ts';

/** Finds out who calls, and refuses who may not. */
export type Identify = (req: Request, res: Response, access: Access) => Promise<RequestCtx | TenantCtx | Ctx>;

const parseJson: RequestHandler = express.json({ limit: '1mb' });

/** Runs after the caller is known, so that a stranger learns nothing from how a body is read. */
const readJson: RequestHandler = (req, res, next) => {
  const hasBody = req.get('Transfer-Encoding') !== undefined || Number(req.get('Content-Length') ?? 0) > 0;
  if (!hasBody) next();
  else if (!req.is('application/json')) throw new AppError(commonProblems.unsupported_media_type);
  else parseJson(req, res, next);
};

/** A file is received when its handler is called: not before, since it is not kept in memory. */
const leaveBody: RequestHandler = (_req, _res, next) => {
  next();
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

/** Answers 304 to whoever has what would be sent. */
const isKnown = (req: Request, res: Response, etag: string): boolean => {
  res.setHeader('ETag', etag);
  const known = isRead(req) && matches(req.get('If-None-Match'), etag);
  if (known) res.status(304).end();
  return known;
};

const send = (definition: Route, req: Request, res: Response, result: unknown, body: string) => {
  const [status] = definition.response;
  const etag = etagOf(req, result, body);
  if (definition.cacheControl !== undefined) res.setHeader('Cache-Control', definition.cacheControl);
  if (etag !== undefined && isKnown(req, res, etag)) return;
  if (status === 201 && typeof result === 'object' && result !== null && 'id' in result) {
    res.setHeader(
      'Location',
      `${req.originalUrl.split('?')[0]?.replace(/\/$/, '') ?? ''}/${String(result.id)}`,
    );
  }
  res.status(status).setHeader('Content-Type', `${String(mediaTypesOf(definition)[0])}; charset=utf-8`);
  res.end(body);
};

const handle = async (definition: Route, ctx: RequestCtx, req: Request): Promise<unknown> => {
  const input = readInput(definition, req);
  if (!definition.upload) return definition.handle(ctx as never, { ...input, file: undefined } as never);
  try {
    return await definition.handle(ctx as never, { ...input, file: await receiveFile(req) } as never);
  } finally {
    ignoreRest(req);
  }
};

const answer =
  (definition: Route): RequestHandler =>
  async (req, res) => {
    const [status, schema] = definition.response;
    const ctx = withIdempotency(definition, req, res.locals['ctx'] as RequestCtx);
    try {
      const result = await handle(definition, ctx, req);
      if (schema === undefined) res.status(status).end();
      else if (schema === FileBytes) {
        const file = result as Download;
        if (!isKnown(req, res, `"${file.tag}"`)) await sendFile(res, file);
      } else send(definition, req, res, result, encodeAnswer(definition, result));
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
    if (!req.accepts([...mediaTypesOf(definition)])) throw new AppError(commonProblems.not_acceptable);
    res.locals['ctx'] = await identify(req, res, definition.access);
    next();
  },
  definition.upload ? leaveBody : readJson,
  answer(definition),
];
