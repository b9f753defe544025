import { createHash, timingSafeEqual } from 'node:crypto';
import { Router } from 'express';
import type { Registry } from 'prom-client';
import { AppError, commonProblems } from '../shared/utils/errors.ts';

type MetricsDeps = {
  readonly registry: Pick<Registry, 'contentType'>;
  /** The figures as text, of all processes that answer here. */
  readonly render: () => Promise<string>;
  /** Whoever asks has to send it; without one, anybody may. */
  readonly token: string | undefined;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `GET /metrics` in the text format of Prometheus. 401 `unauthenticated` where a token is configured and not sent. */
export const metricsRouter = ({ registry, render, token }: MetricsDeps): Router => {
  const expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  const router = Router();
  router.get('/metrics', async (req, res) => {
    const isAllowed =
      expected === undefined || timingSafeEqual(digest(req.get('Authorization') ?? ''), expected);
    if (!isAllowed) throw new AppError(commonProblems.unauthenticated);
    res.status(200).setHeader('Content-Type', registry.contentType);
    res.end(await render());
  });
  return router;
};
