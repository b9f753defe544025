import { type RequestHandler, Router } from 'express';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import type { Route, RouteGroup } from '../shared/utils/route.ts';
import { endpoint, type Gate } from './endpoint.ts';

const refuseMethod = (allowed: readonly string[]): RequestHandler => {
  const headers = { Allow: allowed.join(', ') };
  return () => {
    throw new AppError(commonProblems.method_not_allowed, undefined, { headers });
  };
};

const answerAllowed =
  (allowed: readonly string[]): RequestHandler =>
  (_req, res) => {
    res.setHeader('Allow', allowed.join(', ')).status(200).end();
  };

const allowedMethods = (routes: readonly Route[]): string[] => {
  const methods = [...new Set(routes.map(({ method }) => method.toUpperCase()))];
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
};

const fullPath = ({ base }: RouteGroup, { path }: Route): string => (path === '/' ? base : base + path);

/** What stands between the first two slashes, in lower case, since the case of a path does not matter. */
const firstSegment = (path: string): string => (path.split('/', 2)[1] ?? '').toLowerCase();

const onlyFor =
  (method: string, handle: RequestHandler): RequestHandler =>
  (req, res, next) => {
    if (req.method === method) void handle(req, res, next);
    else next();
  };

type Pattern = { readonly path: string; readonly allowed: readonly string[] };

/** Whether `pattern` takes the place of `path`, itself a pattern: `/doctors/:id` takes `/doctors/new`. */
const takes = (pattern: string, path: string): boolean => {
  const [parts, others] = [pattern.split('/'), path.split('/')];
  return (
    parts.length === others.length && parts.every((part, i) => part.startsWith(':') || part === others[i])
  );
};

/** Every path of the table with the methods that some route knows for it; those without parameters first. */
const patternsOf = (groups: readonly RouteGroup[]): Pattern[] => {
  const known = groups.flatMap((group) =>
    group.routes.map((definition) => ({ path: fullPath(group, definition), definition })),
  );
  const parameters = (path: string) => path.split('/:').length;
  return [...new Set(known.map(({ path }) => path))]
    .sort((a, b) => parameters(a) - parameters(b))
    .map((path) => ({
      path,
      allowed: allowedMethods(
        known.filter((each) => takes(each.path, path)).map(({ definition }) => definition),
      ),
    }));
};

/** Whoever looks for routes that are not there is counted as well. */
const countUnrouted =
  ({ limits }: Gate): RequestHandler =>
  async (req, res, next) => {
    await limits.admitAddress(res, ['GET', 'HEAD'].includes(req.method) ? 'read' : 'write', req.ip ?? '');
    next();
  };

/** What begins with one segment: the routes, the answers to OPTIONS, and the refusals of methods that no route knows. */
type Segment = { readonly routes: Router; readonly options: Router; readonly refusals: Router };

const createSegment = (groups: readonly RouteGroup[], gate: Gate): Segment => {
  const [routes, options, refusals] = [Router(), Router(), Router()];
  for (const group of groups) {
    for (const definition of group.routes) {
      const path = fullPath(group, definition);
      routes[definition.method](path, ...endpoint(definition, gate, path));
    }
  }
  for (const { path, allowed } of patternsOf(groups)) {
    options.options(path, answerAllowed(allowed));
    refusals.all(path, refuseMethod(allowed));
  }
  return { routes, options, refusals };
};

/**
 * Each segment is made for the first request that begins with it: no start waits for all of them. And a request is only compared with
 * the routes that begin as it does, however many routes there are beside them.
 */
const createSegments = (groups: readonly RouteGroup[], gate: Gate) => {
  const made = new Map<string, Segment>();
  const make = (name: string): Segment | undefined => {
    const own = groups.filter(({ base }) => firstSegment(base) === name);
    if (own.length === 0) return undefined;
    const segment = createSegment(own, gate);
    made.set(name, segment);
    return segment;
  };
  return (path: string): Segment | undefined => {
    const name = firstSegment(path);
    return made.get(name) ?? make(name);
  };
};

/** Every route of the API, each group under its prefix. Groups may share a prefix. */
export const apiRouter = (groups: readonly RouteGroup[], gate: Gate): Router => {
  const segmentOf = createSegments(groups, gate);
  const part =
    (name: keyof Segment): RequestHandler =>
    (req, res, next) => {
      const segment = segmentOf(req.path);
      if (segment) segment[name](req, res, next);
      else next();
    };
  return Router().use(
    onlyFor('OPTIONS', part('options')),
    part('routes'),
    countUnrouted(gate),
    part('refusals'),
  );
};

/** What no route and no page has answered. */
export const routeNotFound: RequestHandler = () => {
  throw new AppError(commonProblems.route_not_found);
};
