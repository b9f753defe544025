import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { type AnsweredPort, INTERNAL, pathOf } from '../shared/ports/port.ts';
import type { ServiceTokens } from '../shared/ports/service-token.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';

const LIMIT = '16mb';

const bearerOf = (header: string | undefined): string => /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';

/** Before a body is read: whoever is no service learns nothing, also not which ports there are. */
const admitServices =
  (ports: readonly AnsweredPort[], tokens: ServiceTokens): RequestHandler =>
  async (req, res, next) => {
    const services = ports.map(({ port }) => port.service);
    if (!(await tokens.isFor(services, bearerOf(req.get('Authorization')))))
      throw new AppError(commonProblems.unauthenticated);
    // A refusal is the port's from here on, and not that of something on the way.
    res.setHeader('X-Port', '1');
    next();
  };

const parsed = (schema: z.ZodType, body: unknown): unknown => {
  const { data, error, success } = z.safeDecode(schema, body);
  if (!success) throw new AppError(commonProblems.validation_failed, error.message);
  return data;
};

const sendBytes = async (res: Response, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
  res.status(200).setHeader('Content-Type', 'application/octet-stream');
  await pipeline(Readable.from(bytes), res);
};

/** What other services ask this process, each a POST with a service's token. 401 for everybody else. */
export const internalPorts = (ports: readonly AnsweredPort[], tokens: ServiceTokens): Router => {
  const router = Router();
  router.use(INTERNAL, admitServices(ports, tokens), express.json({ limit: LIMIT, strict: false }));
  for (const { port, answers, streams } of ports) {
    for (const [name, { input, output }] of Object.entries(port.questions)) {
      router.post(pathOf(port.service, name), async (req, res) => {
        res.locals['route'] = pathOf(port.service, name);
        const answer = await answers[name]?.(parsed(input, req.body));
        res.status(200).json({ answer: z.encode(output, answer) });
      });
    }
    for (const [name, input] of Object.entries(port.streams)) {
      router.post(pathOf(port.service, name), async (req, res) => {
        res.locals['route'] = pathOf(port.service, name);
        const bytes = await streams[name]?.(parsed(input, req.body));
        if (bytes) await sendBytes(res, bytes);
      });
    }
  }
  return router;
};
