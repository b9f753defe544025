import { STATUS_CODES } from 'node:http';
import { type Request, type Response, Router } from 'express';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { AppError, commonProblems, type Problem } from '../shared/utils/errors.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import { htmlPage } from './page.ts';

const STYLE = `:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
dt { font-weight: 600; margin-top: 1rem; }
dd { margin: 0; }
td { padding: 0.2rem 1rem 0.2rem 0; vertical-align: top; }
`;
const HEAD = '<link rel="stylesheet" href="/problems/page.css">';

const statusText = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`.trim();

const problemPage = ({ code, status, title, advice }: Problem): string =>
  htmlPage({
    title: `${title} (${code})`,
    head: HEAD,
    body: `<main>
      <h1>${escapeHtml(title)}</h1>
      <dl>
        <dt>Code</dt><dd><code>${escapeHtml(code)}</code></dd>
        <dt>Status</dt><dd>${escapeHtml(statusText(status))}</dd>
        <dt>What to do</dt><dd>${escapeHtml(advice)}</dd>
      </dl>
      <p><a href="/problems">All problems</a></p>
    </main>`,
  });

const rowOf = ({ code, status, title }: Problem): string =>
  `<tr><td>${status}</td><td><a href="/problems/${encodeURIComponent(code)}"><code>${escapeHtml(code)}</code></a></td><td>${escapeHtml(title)}</td></tr>`;

const indexPage = (problems: readonly Problem[]): string =>
  htmlPage({
    title: 'Problems',
    head: HEAD,
    body: `<main>
      <h1>Problems</h1>
      <p>What requests can be answered instead of what they asked for. Programs go by the code.</p>
      <table>${problems.map(rowOf).join('\n')}</table>
    </main>`,
  });

const asJson = (problem: Problem) => ({ type: `/problems/${problem.code}`, ...problem });

/** The page, or the same as JSON for who would rather have that. */
const sendAccepted = (req: Request, res: Response, html: string, json: object): void => {
  res.vary('Accept');
  const accepted = req.accepts(['html', 'json', 'application/problem+json']);
  if (accepted === 'html' || accepted === false) res.type('html').end(html);
  else res.json(json);
};

/** `GET /problems` and `GET /problems/:code`: what each code means and what to do about it, for every problem of the catalogue. */
export const problemPages = (catalogue: Readonly<Record<string, Problem>>): Router => {
  const problems = Object.values(catalogue).toSorted(
    (a, b) => a.status - b.status || (a.code < b.code ? -1 : 1),
  );
  const byCode = new Map(problems.map((problem) => [problem.code, problem]));
  const router = Router();
  router.get('/problems', pageHeaders, (req, res) => {
    sendAccepted(req, res, indexPage(problems), { data: problems.map(asJson) });
  });
  router.get('/problems/page.css', pageHeaders, (_req, res) => {
    res.type('css').end(STYLE);
  });
  router.get('/problems/:code', pageHeaders, (req, res) => {
    const problem = byCode.get(String(req.params['code']));
    if (!problem) throw new AppError(commonProblems.route_not_found, 'GET /problems lists every code.');
    sendAccepted(req, res, problemPage(problem), asJson(problem));
  });
  return router;
};
