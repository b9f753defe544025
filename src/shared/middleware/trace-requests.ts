import type { RequestHandler, Response } from 'express';
import type { Span } from '../tracing/span.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Ctx } from '../types/context.ts';
import { isProbe } from './access-log.ts';

/** The pattern of the route, the status and the clinic: what a request carries stands in none of them. */
const end = (span: Span, method: string, res: Response): void => {
  const route = res.locals['route'] as string | undefined;
  const { tenantId } = (res.locals['ctx'] ?? {}) as Partial<Ctx>;
  const status = res.headersSent ? res.statusCode : undefined;
  span.end({
    name: route === undefined ? method : `${method} ${route}`,
    attributes: {
      ...(route !== undefined && { 'http.route': route }),
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...(tenantId !== undefined && { 'app.tenant_id': tenantId }),
    },
    ...(status !== undefined && status >= 500 && { error: { code: String(status) } }),
  });
};

/** A span for each request, below that of the caller where a `traceparent` names one (W3C Trace Context). */
export const traceRequests =
  (tracing: Tracing): RequestHandler =>
  (req, res, next) => {
    const span = isProbe(req.path)
      ? undefined
      : tracing.follow(req.get('traceparent'), {
          name: req.method,
          kind: 'server',
          attributes: { 'http.request.method': req.method, 'url.scheme': req.protocol },
        });
    if (!span) {
      next();
      return;
    }
    // The line of the log is written when the request is over, outside of the span.
    res.locals['trace'] = { trace_id: span.traceId, span_id: span.spanId };
    res.once('close', () => {
      end(span, req.method, res);
    });
    span.run(next);
  };
