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

/**
 * The routers of all groups, by the first segment of their paths: a request is only compared with the routes that begin
 * as it does, however many routes there are beside them.
 */
const routersBySegment = (groups: readonly RouteGroup[], gate: Gate): ReadonlyMap<string, Router> => {
  const routers = new Map<string, Router>();
  for (const group of groups) {
    const segment = firstSegment(group.base);
    const router = routers.get(segment) ?? Router();
    routers.set(segment, router);
    for (const definition of group.routes) {
      const path = fullPath(group, definition);
      router[definition.method](path, ...endpoint(definition, gate, path));
    }
  }
  return routers;
};

const dispatch =
  (routers: ReadonlyMap<string, Router>): RequestHandler =>
  (req, res, next) => {
    const router = routers.get(firstSegment(req.path));
    if (router) router(req, res, next);
    else next();
  };

const onlyFor =
  (method: string, router: Router): RequestHandler =>
  (req, res, next) => {
    if (req.method === method) router(req, res, next);
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

/** Every route of the API, each group under its prefix. Groups may share a prefix. */
export const apiRouter = (groups: readonly RouteGroup[], gate: Gate): Router => {
  const router = Router();
  const options = Router();
  const patterns = patternsOf(groups);
  for (const { path, allowed } of patterns) options.options(path, answerAllowed(allowed));
  router.use(onlyFor('OPTIONS', options), dispatch(routersBySegment(groups, gate)));
  router.use(countUnrouted(gate));
  for (const { path, allowed } of patterns) router.all(path, refuseMethod(allowed));
  return router;
};

/** What no route and no page has answered. */
export const routeNotFound: RequestHandler = () => {
  throw new AppError(commonProblems.route_not_found);
};
