import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,128}$/;

/** Takes over `X-Request-ID`, or makes one, puts it into `res.locals.requestId` and sends it back. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('X-Request-ID');
  const id = given !== undefined && VISIBLE_ASCII.test(given) ? given : randomUUID();
  res.locals['requestId'] = id;
  res.setHeader('X-Request-ID', id);
  next();
};
