import type { RequestHandler } from 'express';
import type { Metrics } from '../metrics/metrics.ts';

/** What stands in no table of routes: pages, probes, and whatever strangers try. */
const NO_ROUTE = 'other';
/** The client left before there was an answer. */
const NO_STATUS = 'aborted';

/** Counts and times every request by the pattern of its route. */
export const requestFigures = ({
  requests,
  requestsInFlight,
}: Pick<Metrics, 'requests' | 'requestsInFlight'>): RequestHandler => {
  let inFlight = 0;
  return (req, res, next) => {
    const startedAt = performance.now();
    requestsInFlight.set((inFlight += 1));
    res.once('close', () => {
      requestsInFlight.set((inFlight -= 1));
      const route = (res.locals['route'] as string | undefined) ?? NO_ROUTE;
      const status = res.headersSent ? String(res.statusCode) : NO_STATUS;
      requests.observe((performance.now() - startedAt) / 1_000, req.method, route, status);
    });
    next();
  };
};
