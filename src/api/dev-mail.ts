import { type Request, type Response, Router } from 'express';
import type { KeptMail, MailFolder } from '../shared/mail/mail-folder.ts';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import { htmlPage } from './page.ts';

const HEAD = '<link rel="stylesheet" href="/problems/page.css">';
const ADDRESS = /https?:\/\/[^\s<>"']+/g;

const withLinks = (text: string): string =>
  escapeHtml(text).replaceAll(ADDRESS, (url) => `<a href="${url}">${url}</a>`);

const listPage = (mails: readonly KeptMail[]): string =>
  htmlPage({
    title: 'Mail',
    head: HEAD,
    body: `<main>
      <h1>Mail</h1>
      <p>What would have been sent, the newest first. Set SMTP_URL to send it.</p>
      <table>${mails.map(rowOf).join('\n')}</table>
    </main>`,
  });

const rowOf = ({ id, sentAt, to, subject }: KeptMail): string =>
  `<tr><td>${escapeHtml(sentAt)}</td><td>${escapeHtml(to)}</td><td><a href="/dev/mail/${escapeHtml(id)}">${escapeHtml(subject)}</a></td></tr>`;

const mailPage = ({ sentAt, to, subject, text }: KeptMail): string =>
  htmlPage({
    title: subject,
    head: HEAD,
    body: `<main>
      <h1>${escapeHtml(subject)}</h1>
      <p>To ${escapeHtml(to)}, ${escapeHtml(sentAt)}</p>
      ${text
        .split('\n\n')
        .map((part) => `<p>${withLinks(part)}</p>`)
        .join('\n')}
      <p><a href="/dev/mail">All mail</a></p>
    </main>`,
  });

const sendAccepted = (req: Request, res: Response, page: string, data: unknown) => {
  if (req.accepts(['html', 'json']) === 'json') res.type('json').end(JSON.stringify(data));
  else res.type('html').end(page);
};

/** The mails that were written instead of sent, for developers and tests: a page, or JSON for who accepts that. */
export const devMailRouter = (folder: MailFolder): Router => {
  const router = Router();
  router.get('/dev/mail', pageHeaders, async (req, res) => {
    const mails = await folder.list();
    sendAccepted(req, res, listPage(mails), { data: mails });
  });
  router.get('/dev/mail/:id', pageHeaders, async (req, res) => {
    const mail = await folder.read(String(req.params['id']));
    if (!mail) throw new AppError(commonProblems.route_not_found, 'GET /dev/mail lists every mail.');
    sendAccepted(req, res, mailPage(mail), mail);
  });
  return router;
};
