import { hash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { Ctx, RequestCtx, TenantCtx } from '../shared/types/context.ts';
import { Encoded } from '../shared/types/encoded.ts';
import { type Download, FileBytes } from '../shared/types/file.ts';
import { IdempotentReplay, NOBODY } from '../shared/types/idempotency.ts';
import type { RateLimits } from '../shared/limits/rate-limits.ts';
import type { Turns } from '../shared/limits/turns.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { jsonEncoder } from '../shared/utils/json-encoder.ts';
import {
  type Access,
  isCostly,
  isCreating,
  mediaTypesOf,
  rateClassOf,
  type Route,
} from '../shared/utils/route.ts';
import type { WriteMarks } from '../shared/utils/write-marks.ts';
import { ignoreRest, receiveFile } from './incoming-file.ts';
import { readIdempotencyKey, readInput, refuseStrangeJson } from './request-input.ts';
import { sendFile, sendText } from './send-file.ts';

/** Finds out who calls, and refuses who may not. */
export type Identify = (req: Request, res: Response, access: Access) => Promise<RequestCtx | TenantCtx | Ctx>;

/** What every route of the API asks of the rest of the product. */
export type Gate = {
  readonly identify: Identify;
  readonly limits: RateLimits;
  readonly turns: Turns;
  /** Is told of whoever may have changed something, before they are answered. */
  readonly wrote: WriteMarks['wrote'];
};

/** RFC 9110, section 4.1, asks for 8000 at least. What is longer than Node takes for all headers is 431. */
const MAX_URI_CHARACTERS = 8_192;

/** Runs after the caller is known, so that a stranger learns nothing from how a body is read. */
const readJson = ({ bodyMiB = 1 }: Route): RequestHandler => {
  const parseJson: RequestHandler = express.json({ limit: `${bodyMiB}mb` });
  return (req, res, next) => {
    const hasBody = req.get('Transfer-Encoding') !== undefined || Number(req.get('Content-Length') ?? 0) > 0;
    if (!hasBody) next();
    else if (!req.is('application/json')) throw new AppError(commonProblems.unsupported_media_type);
    else parseJson(req, res, next);
  };
};

/** A file is received when its handler is called: not before, since it is not kept in memory. */
const leaveBody: RequestHandler = (_req, _res, next) => {
  next();
};

/** Makes the text of an answer. */
type Encode = (result: unknown) => string;

const withIdempotency = (
  definition: Route,
  encode: Encode,
  req: Request,
  ctx: RequestCtx & Partial<Ctx>,
): RequestCtx => {
  const given = isCreating(definition) ? readIdempotencyKey(req) : undefined;
  if (!given) return ctx;
  const scope = { tenantId: ctx.tenantId ?? NOBODY, userId: ctx.apiKeyId ?? ctx.userId ?? NOBODY };
  return { ...ctx, idempotency: { ...given, ...scope, encode } };
};

const encoderOf = ({ response: [, schema], mediaType }: Route): Encode => {
  if (schema === undefined) return JSON.stringify;
  if (mediaType !== undefined) return (result) => String(z.encode(schema, result));
  const encode = jsonEncoder(schema);
  return (result) => (result instanceof Encoded ? result.text : encode(result));
};

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

/** The ETag of a resource is its version; of anything else that is read, the hash of its text. */
const etagOf = (req: Request, result: unknown, body: string): string | undefined => {
  if (typeof result === 'object' && result !== null && 'version' in result)
    return `"${String(result.version)}"`;
  if (!isRead(req)) return undefined;
  const fingerprint = result instanceof Encoded ? result.fingerprint : body;
  return `"${hash('sha256', fingerprint, 'base64url').slice(0, 22)}"`;
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

/** What computes or reads much does so when it is its clinic's turn. */
const inTurn = <T>(
  definition: Route,
  turns: Turns,
  { tenantId }: RequestCtx & Partial<Ctx>,
  work: () => Promise<T>,
): Promise<T> => (isCostly(definition) && tenantId !== undefined ? turns(tenantId, work) : work());

/** What the caller would rather have than JSON, where the route can say it otherwise. */
const streamFor = ({ streams, ...definition }: Route, req: Request) => {
  if (!streams) return undefined;
  const mediaType = req.accepts([...mediaTypesOf({ ...definition, streams })]) || '';
  const open = streams[mediaType];
  return open && { mediaType, open };
};

/** What a handler gets; the file of an upload is let go of when the handler has ended, also in a refusal. */
const withInput = async (
  definition: Route,
  req: Request,
  handle: (input: unknown) => Promise<unknown>,
): Promise<unknown> => {
  const input = readInput(definition, req);
  if (!definition.upload) return handle({ ...input, file: undefined });
  try {
    return await handle({ ...input, file: await receiveFile(req) });
  } finally {
    ignoreRest(req);
  }
};

/** A session that may have written is marked, also when it was refused: what was done then may be unknown. */
const noteWriter = async (
  { wrote }: Gate,
  req: Request,
  { tenantId, sessionId }: RequestCtx & Partial<Ctx>,
) => {
  if (isRead(req) || tenantId === undefined || sessionId === undefined) return;
  await wrote({ tenantId, sessionId });
};

const answer = (definition: Route, gate: Gate): RequestHandler => {
  const encode = encoderOf(definition);
  return async (req, res) => {
    const [status, schema] = definition.response;
    refuseStrangeJson(req.body);
    const ctx = withIdempotency(definition, encode, req, res.locals['ctx'] as RequestCtx);
    if (definition.streams) res.vary('Accept');
    const stream = streamFor(definition, req);
    const handle = (input: unknown): Promise<unknown> =>
      inTurn(definition, gate.turns, ctx, async () => {
        if (!stream) return definition.handle(ctx as never, input as never);
        return sendText(res, stream.mediaType, await stream.open(ctx as never, input as never));
      });
    try {
      const result = await withInput(definition, req, handle).finally(() => noteWriter(gate, req, ctx));
      if (stream) return;
      if (schema === undefined) res.status(status).end();
      else if (schema === FileBytes) {
        const file = result as Download;
        if (!isKnown(req, res, `"${file.tag}"`)) await sendFile(res, file);
      } else send(definition, req, res, result, encode(result));
    } catch (thrown) {
      if (!(thrown instanceof IdempotentReplay)) throw thrown;
      res.setHeader('Idempotency-Replayed', 'true');
      send(definition, req, res, JSON.parse(thrown.body), thrown.body);
    }
  };
};

/** Whoever holds a token is counted as a user; the address of each request was counted before. */
const admitCaller = async ({ limits }: Gate, res: Response, definition: Route, ctx: Partial<Ctx>) => {
  const { tenantId, userId } = ctx;
  if (tenantId === undefined || userId === undefined) return;
  await limits.admitUser(res, rateClassOf(definition), { tenantId, userId });
};

/** Most callers take anything or JSON, and say so in these words. */
const TAKES_JSON: ReadonlySet<string | undefined> = new Set([undefined, '*/*', 'application/json']);

const isAcceptable = (req: Request, definition: Route): boolean =>
  (definition.mediaType === undefined && TAKES_JSON.has(req.headers.accept)) ||
  req.accepts([...mediaTypesOf(definition)]) !== false;

/** The handlers of one route, in order: how often, who calls, what they sent, the answer. Logs and figures know it as `pattern`. */
export const endpoint = (definition: Route, gate: Gate, pattern: string): RequestHandler[] => [
  async (req, res, next) => {
    res.locals['route'] = pattern;
    await gate.limits.admitAddress(res, rateClassOf(definition), req.ip ?? '');
    if (req.originalUrl.length > MAX_URI_CHARACTERS) throw new AppError(commonProblems.uri_too_long);
    if (!isAcceptable(req, definition)) throw new AppError(commonProblems.not_acceptable);
    const ctx = await gate.identify(req, res, definition.access);
    res.locals['ctx'] = ctx;
    await admitCaller(gate, res, definition, ctx);
    next();
  },
  definition.upload ? leaveBody : readJson(definition),
  answer(definition, gate),
];
