import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const NOTHING = ["'none'"];

/** What Helmet puts on every answer: it depends on no request, so that it is asked once. */
const headersOfHelmet = (isProduction: boolean): [name: string, value: string][] => {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: NOTHING, baseUri: NOTHING, formAction: NOTHING, frameAncestors: NOTHING },
    },
    frameguard: { action: 'deny' },
    strictTransportSecurity: isProduction && { maxAge: YEAR_SECONDS, includeSubDomains: true },
  });
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  protect(req, res, (error) => {
    if (error !== undefined) throw new Error('Helmet could not make its headers', { cause: error });
  });
  return res.getHeaderNames().map((name) => [name, String(res.getHeader(name))]);
};

/** For answers that are data: a browser that shows one may load nothing, and no page may frame it. They are kept by nobody. */
export const securityHeaders = ({ isProduction }: { isProduction: boolean }): RequestHandler => {
  const headers = [...headersOfHelmet(isProduction), ['Cache-Control', 'no-store'] as const];
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
};

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/** For pages: scripts and styles only from files of this server, so that injected text stays text. */
export const pageHeaders: RequestHandler = (_req, res, next) => {
  res.setHeader('Content-Security-Policy', PAGE_POLICY);
  res.setHeader('Cache-Control', 'no-cache');
  next();
};
