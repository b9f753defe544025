import cors from 'cors';
import type { RequestHandler } from 'express';

const PREFLIGHT_SECONDS = 600;

const settings = {
  credentials: true,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowedHeaders: [
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'Traceparent',
    'X-Request-ID',
    'X-Tenant-ID',
    'X-Tenant-Subdomain',
  ],
  exposedHeaders: [
    'ETag',
    'Location',
    'X-Request-ID',
    'Idempotency-Replayed',
    'Retry-After',
    'RateLimit',
    'RateLimit-Policy',
  ],
  maxAge: PREFLIGHT_SECONDS,
};

/** Lets the pages of `allowedOrigins` call, with credentials. Pages from elsewhere get no CORS header, so their browser keeps the answer from them. */
export const crossOrigin = (allowedOrigins: readonly string[]): RequestHandler => {
  const listed = new Set(allowedOrigins);
  const allow = cors({ ...settings, origin: true });
  return (req, res, next) => {
    res.setHeader('Vary', 'Origin');
    if (listed.has(req.headers.origin ?? '')) allow(req, res, next);
    else next();
  };
};
