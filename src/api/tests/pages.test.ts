import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { docsRouter } from '../docs.ts';
import { problemPages } from '../problem-pages.ts';
import { serveFakeApi } from './fake-api.ts';

const problem = {
  code: 'tea_<cold>',
  status: 409,
  title: 'The tea is <cold>',
  advice: 'Say "again" & wait.',
};
const openApiText = jest.fn(() => '{"openapi":"3.1.1"}\n');

let api: Awaited<ReturnType<typeof serveFakeApi>>;
beforeAll(async () => {
  api = await serveFakeApi({
    pages: [
      docsRouter({ enabled: true, appName: 'T & Co', openApiText }),
      problemPages({ [problem.code]: problem }),
    ],
  });
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });

/** What the policy of the page keeps a browser from running or loading. */
const expectStrict = (response: Response, html: string) => {
  const policy = response.headers.get('Content-Security-Policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe');
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son\w+=|https?:\/\//);
};

describe('GET /docs', () => {
  test.each(['/docs', '/docs/'])(
    '%s is a page without inline script or style, and without other hosts',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      const html = await response.text();
      expect(html).toContain('<title>T &amp; Co API</title>');
      expectStrict(response, html);
    },
  );

  test('serves every file that the page asks for', async () => {
    const html = await (await get('/docs')).text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(5);
    for (const file of files) {
      const response = await get(file);
      expect([file, response.status]).toEqual([file, 200]);
      expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
      await response.arrayBuffer();
    }
  });

  test('starts with deep links, a kept login and the document of this server', async () => {
    const script = await (await get('/docs/start.js')).text();
    expect(script).toContain('"url":"/docs/swagger.json"');
    expect(script).toContain('"deepLinking":true');
    expect(script).toContain('"persistAuthorization":true');
  });

  test('builds the document once, and answers 304 to who has it', async () => {
    const first = await get('/docs/swagger.json');
    expect(await first.json()).toEqual({ openapi: '3.1.1' });
    const again = await get('/docs/swagger.json', {
      'If-None-Match': first.headers.get('ETag') ?? '',
      'Cache-Control': 'max-age=0',
    });
    expect(again.status).toBe(304);
    expect(openApiText).toHaveBeenCalledTimes(1);
  });

  test('is not there when it is switched off', async () => {
    const without = await serveFakeApi({
      pages: [docsRouter({ enabled: false, appName: 'T', openApiText })],
    });
    for (const path of ['/docs', '/docs/swagger.json', '/docs/swagger-ui.css']) {
      const response = await fetch(without.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'route_not_found' });
    }
    await without.close();
  });
});

describe('GET /problems', () => {
  const path = `/problems/${encodeURIComponent(problem.code)}`;

  test('lists every code with a link to its page', async () => {
    const response = await get('/problems', { Accept: 'text/html' });
    const html = await response.text();
    expect(html).toContain(`href="${path}"`);
    expectStrict(response, html);
  });

  test('a page says what the code means and what to do, with everything escaped', async () => {
    const response = await get(path);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    expect(html).toContain('<h1>The tea is &lt;cold&gt;</h1>');
    expect(html).toContain('409 Conflict');
    expect(html).toContain('Say &quot;again&quot; &amp; wait.');
    expectStrict(response, html);
  });

  test.each(['application/json', 'application/problem+json', 'text/html;q=0.1, application/json'])(
    'is JSON for who prefers %s',
    async (accept) => {
      const response = await get(path, { Accept: accept });
      expect(response.headers.get('Vary')).toContain('Accept');
      expect(await response.json()).toEqual({ type: '/problems/tea_<cold>', ...problem });
    },
  );

  test.each(['unknown', 'constructor', '__proto__'])(
    '%s is no code: 404 as a problem document',
    async (code) => {
      const response = await get(`/problems/${code}`);
      expect(response.status).toBe(404);
      expect(response.headers.get('Content-Type')).toContain('application/problem+json');
    },
  );
});
