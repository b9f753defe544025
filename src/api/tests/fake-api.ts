import type { AddressInfo } from 'node:net';
import express, { type Express, type Router } from 'express';
import { z } from 'zod';
import { accessLog } from '../../shared/middleware/access-log.ts';
import { crossOrigin } from '../../shared/middleware/cross-origin.ts';
import { requestId } from '../../shared/middleware/request-id.ts';
import { securityHeaders } from '../../shared/middleware/security-headers.ts';
import type { RequestCtx } from '../../shared/types/context.ts';
import { Money, text } from '../../shared/types/fields.ts';
import { Id } from '../../shared/types/id.ts';
import { Instant } from '../../shared/types/instant.ts';
import { pageOf, PageQuery } from '../../shared/types/page.ts';
import { commonProblems, problemCatalogue } from '../../shared/utils/errors.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import { route, type RouteGroup } from '../../shared/utils/route.ts';
import { createHttpServer, type HttpServer } from '../create-server.ts';
import type { Identify } from '../endpoint.ts';
import { renderProblems } from '../problem-response.ts';
import { apiRouter, routeNotFound } from '../router.ts';
import { openGate } from './open-gate.ts';

export const LISTED_ORIGIN = 'https://app.example.org';

export const teaProblems = problemCatalogue({
  tea_not_found: { status: 404, title: 'No such tea', advice: 'GET /teas lists them.' },
  out_of_tea: { status: 409, title: 'There is no tea left', advice: 'Wait for the next harvest.' },
});

const Tea = z
  .object({
    id: Id,
    name: text(50),
    steepMinutes: z.int().min(1).max(15),
    colour: z.string().regex(/^#[0-9a-f]{6}$/),
    price: Money.nullable(),
    strong: z.boolean().default(false),
    pickedAt: Instant,
    version: z.int(),
  })
  .meta({ id: 'Tea' });
type Tea = z.output<typeof Tea>;

const NewTea = z.strictObject(Tea.omit({ id: true, version: true }).shape);
const params = z.object({ id: Id });

export const green: Tea = {
  id: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e',
  name: 'Green',
  steepMinutes: 2,
  colour: '#aabb00',
  price: null,
  strong: false,
  pickedAt: new Date('2027-03-22T08:00:00Z'),
  version: 7,
};

type Handlers = { steep?: () => Promise<void>; lose?: () => void };

/** A small API with one route of each kind. `steep` is waited for by `POST /teas/:id/steep`. */
export const teaRoutes = ({ steep, lose }: Handlers = {}): RouteGroup => ({
  tag: 'Teas',
  base: '/teas',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Add a tea',
      access: 'services:write',
      body: NewTea,
      response: [201, Tea],
      handle: (_ctx, { body }) => Promise.resolve({ ...green, ...body }),
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List the teas',
      description: 'The oldest first.',
      access: 'tenant',
      query: PageQuery.extend({ strong: z.stringbool().optional(), grower: Id.optional() }),
      response: [200, pageOf(Tea)],
      handle: () => Promise.resolve({ data: [green], nextCursor: null }),
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a tea',
      access: 'user',
      params,
      response: [200, Tea],
      problems: [teaProblems.tea_not_found],
      handle: () => {
        lose?.();
        return Promise.resolve(green);
      },
    }),
    route({
      method: 'get',
      path: '/:id/label',
      summary: 'Get what is printed on the box',
      access: 'open',
      params,
      response: [200, z.string()],
      mediaType: 'text/plain',
      cacheControl: 'private, no-cache',
      handle: () => Promise.resolve('Green, "2 minutes"'),
    }),
    route({
      method: 'patch',
      path: '/:id',
      summary: 'Change a tea',
      access: 'services:write',
      params,
      body: NewTea.partial(),
      response: [200, Tea],
      problems: [teaProblems.tea_not_found, commonProblems.version_conflict],
      handle: (_ctx, { body }) =>
        Promise.resolve({
          ...green,
          ...(Object.fromEntries(Object.entries(body)) as Partial<Tea>),
        }),
    }),
    route({
      method: 'post',
      path: '/:id/steep',
      summary: 'Make a cup',
      access: 'open',
      params,
      response: [204],
      problems: [teaProblems.out_of_tea],
      handle: async () => {
        await steep?.();
      },
    }),
  ],
});

const identifyNobody: Identify = (req, res) =>
  Promise.resolve({
    requestId: res.locals['requestId'] as string,
    address: req.ip ?? '',
    userAgent: '',
    tenantId: 'the-tenant',
    userId: 'the-user',
  } as RequestCtx);

export type LogLine = Record<string, unknown> & { level: number; msg: string };

type FakeApi = HttpServer & { url: string; lines: LogLine[]; close(): Promise<void> };

/** Serves the teas and `pages` with everything that stands before and behind them in the product. */
export const serveFakeApi = async (
  given: Handlers & { pages?: Router[]; limits?: Parameters<typeof createHttpServer>[1] } = {},
): Promise<FakeApi> => {
  const lines: LogLine[] = [];
  const logger = createLogger(
    { logLevel: 'debug', appName: 'test' },
    { write: (line) => lines.push(JSON.parse(line) as LogLine) },
  );
  const app: Express = express().disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(
    requestId,
    accessLog(() => logger),
    securityHeaders({ isProduction: true }),
    crossOrigin([LISTED_ORIGIN]),
  );
  for (const pages of given.pages ?? []) app.use(pages);
  app.use('/api/v1', apiRouter([teaRoutes(given)], openGate(identifyNobody)));
  app.use(
    routeNotFound,
    renderProblems(() => logger),
  );
  const http = createHttpServer(app, given.limits);
  await new Promise<void>((resolve) => http.server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
  return { ...http, url, lines, close: () => http.drain(0) };
};
