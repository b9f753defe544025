import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import type { EventCatalogue } from '../shared/utils/event-catalogue.ts';
import { asyncApiText, describeEvents, type DocumentedEvent } from './asyncapi.ts';
import type { ApiIdentity } from './openapi.ts';
import { htmlPage } from './page.ts';

const HEAD = '<link rel="stylesheet" href="/problems/page.css">';

const entryOf = ({ type, version, summary, example }: DocumentedEvent): string =>
  `<h2 id="${escapeHtml(type)}"><code>${escapeHtml(type)}</code></h2>
      <p>${escapeHtml(summary)}. Version ${version}.</p>
      <pre>${escapeHtml(JSON.stringify(example, null, 2))}</pre>`;

const pageOf = (appName: string, events: readonly DocumentedEvent[]): string =>
  htmlPage({
    title: `Events of ${appName}`,
    head: HEAD,
    body: `<main>
      <h1>Events</h1>
      <p>What webhooks are sent and <code>GET /api/v1/events</code> answers. As AsyncAPI: <a href="/docs/events.json">events.json</a>.</p>
      <ul>${events.map(({ type, summary }) => `<li><a href="#${escapeHtml(type)}"><code>${escapeHtml(type)}</code></a> ${escapeHtml(summary)}</li>`).join('\n')}</ul>
      ${events.map(entryOf).join('\n')}
    </main>`,
  });

type EventDocs = ApiIdentity & {
  readonly enabled: boolean;
  readonly catalogue: EventCatalogue;
  readonly envelope: z.ZodObject;
};

/** `GET /docs/events`: every event with an example, as AsyncAPI, or for browsers as a page; `/docs/events.json` always as AsyncAPI. */
export const eventPages = ({ enabled, catalogue, envelope, ...identity }: EventDocs): Router => {
  const router = Router();
  if (!enabled) return router;
  const sendDocument = (_req: Request, res: Response) => {
    res.type('application/json').end(asyncApiText(catalogue, envelope, identity));
  };
  router.get('/docs/events.json', pageHeaders, sendDocument);
  router.get('/docs/events', pageHeaders, (req, res) => {
    res.vary('Accept');
    if (req.accepts(['json', 'html']) === 'json') sendDocument(req, res);
    else res.type('html').end(pageOf(identity.appName, describeEvents(catalogue, envelope).events));
  });
  return router;
};
