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

const groupRouter = ({ base, routes }: RouteGroup, gate: Gate): Router => {
  const router = Router();
  for (const definition of routes) {
    const { method, path } = definition;
    router[method](path, ...endpoint(definition, gate, path === '/' ? base : base + path));
  }
  return router;
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
  const known = groups.flatMap(({ base, routes }) =>
    routes.map((definition) => ({
      path: definition.path === '/' ? base : base + definition.path,
      definition,
    })),
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
  const patterns = patternsOf(groups);
  for (const { path, allowed } of patterns) router.options(path, answerAllowed(allowed));
  for (const group of groups) router.use(group.base, groupRouter(group, gate));
  router.use(countUnrouted(gate));
  for (const { path, allowed } of patterns) router.all(path, refuseMethod(allowed));
  return router;
};

/** What no route and no page has answered. */
export const routeNotFound: RequestHandler = () => {
  throw new AppError(commonProblems.route_not_found);
};
