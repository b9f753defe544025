import { type Request, type Response, Router } from 'express';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import { asyncApiText, describeTold, type Told } from './asyncapi.ts';
import type { DocumentedEvent } from './asyncapi/events.ts';
import { socketHtml } from './asyncapi/socket-html.ts';
import type { ApiIdentity } from './openapi.ts';
import { htmlPage } from './page.ts';

const HEAD = '<link rel="stylesheet" href="/problems/page.css">';

const entryOf = ({ type, version, summary, example }: DocumentedEvent): string =>
  `<h2 id="${escapeHtml(type)}"><code>${escapeHtml(type)}</code></h2>
      <p>${escapeHtml(summary)}. Version ${version}.</p>
      <pre>${escapeHtml(JSON.stringify(example, null, 2))}</pre>`;

const pageOf = (appName: string, { events, socket }: ReturnType<typeof describeTold>): string =>
  htmlPage({
    title: `Events of ${appName}`,
    head: HEAD,
    body: `<main>
      <h1>Events</h1>
      <p>What webhooks are sent and <code>GET /api/v1/events</code> answers, and below it what is said over <a href="#socket">sockets</a>. As AsyncAPI: <a href="/docs/events.json">events.json</a>.</p>
      <ul>${events.map(({ type, summary }) => `<li><a href="#${escapeHtml(type)}"><code>${escapeHtml(type)}</code></a> ${escapeHtml(summary)}</li>`).join('\n')}</ul>
      ${events.map(entryOf).join('\n')}
      ${socketHtml(socket)}
    </main>`,
  });

type EventDocs = ApiIdentity & Told & { readonly enabled: boolean };

/** `GET /docs/events`: every event and message with an example, as AsyncAPI, or for browsers as a page; `/docs/events.json` always as AsyncAPI. */
export const eventPages = ({ enabled, ...docs }: EventDocs): Router => {
  const router = Router();
  if (!enabled) return router;
  const sendDocument = (_req: Request, res: Response) => {
    res.type('application/json').end(asyncApiText(docs, docs));
  };
  router.get('/docs/events.json', pageHeaders, sendDocument);
  router.get('/docs/events', pageHeaders, (req, res) => {
    res.vary('Accept');
    if (req.accepts(['json', 'html']) === 'json') sendDocument(req, res);
    else res.type('html').end(pageOf(docs.appName, describeTold(docs)));
  });
  return router;
};
