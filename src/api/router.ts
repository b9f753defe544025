import { type RequestHandler, Router } from 'express';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import type { Route, RouteGroup } from '../shared/utils/route.ts';
import { endpoint, type Identify } from './endpoint.ts';

const refuseMethod = (allowed: readonly string[]): RequestHandler => {
  const headers = { Allow: allowed.join(', ') };
  return () => {
    throw new AppError(commonProblems.method_not_allowed, undefined, { headers });
  };
};

const allowedMethods = (routes: readonly Route[]): string[] => {
  const methods = routes.map(({ method }) => method.toUpperCase());
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
};

const groupRouter = ({ base, routes }: RouteGroup, identify: Identify): Router => {
  const router = Router();
  for (const definition of routes) {
    const { method, path } = definition;
    router[method](path, ...endpoint(definition, identify, path === '/' ? base : base + path));
  }
  return router;
};

/** After every group has had its turn, a path that is known by another method answers 405. */
const otherMethods = (groups: readonly RouteGroup[]): Router => {
  const router = Router();
  const byPath = new Map<string, Route[]>();
  for (const { base, routes } of groups) {
    for (const definition of routes) {
      const path = base + definition.path;
      byPath.set(path, [...(byPath.get(path) ?? []), definition]);
    }
  }
  for (const [path, routes] of byPath) router.all(path, refuseMethod(allowedMethods(routes)));
  return router;
};

/** Every route of the API, each group under its prefix. Groups may share a prefix. */
export const apiRouter = (groups: readonly RouteGroup[], identify: Identify): Router => {
  const router = Router();
  for (const group of groups) router.use(group.base, groupRouter(group, identify));
  router.use(otherMethods(groups));
  return router;
};

/** What no route and no page has answered. */
export const routeNotFound: RequestHandler = () => {
  throw new AppError(commonProblems.route_not_found);
};
