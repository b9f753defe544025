import express, { type Express, Router } from 'express';
import { accountPages } from './api/account-pages.ts';
import { devMailRouter } from './api/dev-mail.ts';
import { docsRouter } from './api/docs.ts';
import { eventPages } from './api/event-pages.ts';
import { healthRouter } from './api/health.ts';
import { metricsRouter } from './api/metrics.ts';
import { createIdentify } from './api/identify.ts';
import { inboundSmsRouter } from './api/inbound-sms.ts';
import { internalPorts } from './api/internal-ports.ts';
import { openApiText } from './api/openapi.ts';
import { problemPages } from './api/problem-pages.ts';
import { publicKeysRouter } from './api/public-keys.ts';
import { renderProblems } from './api/problem-response.ts';
import { apiRouter, routeNotFound } from './api/router.ts';
import { visitPages } from './api/visit-pages.ts';
import { figuresOf } from './cluster/member.ts';
import { eventCatalogue, problems } from './composition/catalogues.ts';
import type { Domains } from './composition/domains.ts';
import { sql } from './database/sql.ts';
import type { Infrastructure } from './infrastructure.ts';
import { createRateLimits } from './shared/limits/rate-limits.ts';
import { createTurns, turnsOf } from './shared/limits/turns.ts';
import { accessLog } from './shared/middleware/access-log.ts';
import { crossOrigin } from './shared/middleware/cross-origin.ts';
import { requestFigures } from './shared/middleware/request-figures.ts';
import { requestId } from './shared/middleware/request-id.ts';
import { traceRequests } from './shared/middleware/trace-requests.ts';
import { securityHeaders } from './shared/middleware/security-headers.ts';
import { version } from './version.ts';
import { PublicEvent } from './domains/webhooks/index.ts';
import { realtimeChannel } from './websocket/channel.ts';

/** The HTTP side: what every request passes, then the pages for people, then the API. */
export const createApp = (
  infrastructure: Infrastructure,
  domains: Domains,
  isShuttingDown: () => boolean,
): Express => {
  const { config, logControl, database, redis, bus, clock, metrics, serviceTokens, tracing, writeMarks } =
    infrastructure;
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('trust proxy', config.trustProxy);

  if (tracing.isOn) app.use(traceRequests(tracing));
  app.use(requestId, accessLog(logControl.of), requestFigures(metrics));
  app.use(securityHeaders({ isProduction: config.environment === 'production' }));
  app.use(crossOrigin(config.allowedOrigins));

  const gate = {
    identify: createIdentify({ ...domains.core, appDomain: config.appDomain }),
    limits: createRateLimits({ redis, clock, rateLimits: config.rateLimits, keyPrefix: config.streamPrefix }),
    turns: createTurns(turnsOf(config.database.poolSize)),
    wrote: writeMarks.wrote,
  };
  const served = domains.routesByService.filter(({ service }) => domains.runs(service));
  if (config.role !== 'worker') {
    app.use(
      '/api/v1',
      apiRouter(
        served.map(({ group }) => group),
        gate,
      ),
    );
    if (serviceTokens) app.use(internalPorts(domains.ports, serviceTokens));
  }

  app.use(
    healthRouter({
      pingDatabase: () => database.system.one(sql`SELECT 1`),
      pingRedis: () => redis.ping(),
      pingNats: config.eventBus === 'nats' ? bus.ping : undefined,
      isShuttingDown,
      version,
    }),
  );
  const { registry } = metrics;
  app.use(metricsRouter({ registry, render: figuresOf(registry), token: config.metricsToken }));
  if (config.role !== 'worker') app.use(pages(infrastructure, domains));
  return app.use(routeNotFound, renderProblems(logControl.of));
};

/** What is no part of the API: pages for people, for developers, and for providers. */
const pages = ({ config, mailFolder }: Infrastructure, domains: Domains): Router => {
  const app = Router();
  if (domains.runs('notifications')) {
    const { answers, inboundSms } = domains.notifications;
    app.use(visitPages(answers), inboundSmsRouter(config, inboundSms));
  }
  if (!domains.runs('core')) return app;
  app.use(
    docsRouter({
      enabled: config.swaggerEnabled,
      appName: config.appName,
      openApiText: () => openApiText(domains.routes, { appName: config.appName, version }),
    }),
  );
  app.use(
    eventPages({
      enabled: config.swaggerEnabled,
      appName: config.appName,
      version,
      catalogue: eventCatalogue,
      envelope: PublicEvent,
      channel: realtimeChannel,
      problems,
    }),
  );
  app.use(problemPages(problems));
  app.use(accountPages(), publicKeysRouter(domains.auth.publicKeys));
  if (mailFolder) app.use(devMailRouter(mailFolder));
  return app;
};
