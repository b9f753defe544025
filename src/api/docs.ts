import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { type RequestHandler, Router } from 'express';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import { htmlPage } from './page.ts';

type Docs = {
  readonly enabled: boolean;
  readonly appName: string;
  /** The OpenAPI document; asked for once, when the first reader comes. */
  readonly openApiText: () => string;
};

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const SWAGGER_UI_OPTIONS = {
  url: '/docs/swagger.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
};

const START_SCRIPT = `window.ui = SwaggerUIBundle(${JSON.stringify(SWAGGER_UI_OPTIONS)});\n`;

const HEAD = `<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" defer></script>`;

const pageOf = (appName: string): string =>
  htmlPage({
    title: `${appName} API`,
    head: HEAD,
    body: `<div id="swagger-ui"></div>
    <noscript>The API of ${escapeHtml(appName)} is described in <a href="/docs/swagger.json">swagger.json</a>.</noscript>`,
  });

const sendFile = (name: (typeof ASSETS)[number]): RequestHandler => {
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
  return (_req, res, next) => {
    res.sendFile(path, { cacheControl: false }, (error?: Error) => {
      if (error) next(error);
    });
  };
};

const sendDocument = (openApiText: () => string): RequestHandler => {
  let known: { readonly text: string; readonly etag: string } | undefined;
  const build = () => {
    const text = openApiText();
    return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  };
  return (req, res) => {
    known ??= build();
    res.setHeader('ETag', known.etag).type('application/json');
    if (req.fresh) res.status(304).end();
    else res.end(known.text);
  };
};

/** `GET /docs`, the Swagger UI, which loads nothing from elsewhere, and `GET /docs/swagger.json`. Not enabled, it has no route. */
export const docsRouter = ({ enabled, appName, openApiText }: Docs): Router => {
  const router = Router();
  if (!enabled) return router;
  const page = pageOf(appName);
  router.use('/docs', pageHeaders);
  router.get('/docs', (_req, res) => {
    res.type('html').end(page);
  });
  router.get('/docs/start.js', (_req, res) => {
    res.type('text/javascript').end(START_SCRIPT);
  });
  for (const name of ASSETS) router.get(`/docs/${name}`, sendFile(name));
  router.get('/docs/swagger.json', sendDocument(openApiText));
  return router;
};
