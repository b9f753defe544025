import { type Request, type Response, Router } from 'express';
import type { AskedVisit, ReminderAnswers } from '../domains/notifications/index.ts';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import { requestContext } from './identify.ts';
import { htmlPage } from './page.ts';

type Action = 'confirm' | 'cancel';

const words = {
  en: {
    title: 'Your appointment',
    with: 'with',
    confirm: 'I will come',
    cancel: 'I cannot come, cancel it',
    confirmed: 'Thank you. We look forward to seeing you.',
    cancelled: 'Your appointment is cancelled.',
    used: 'You have already answered this.',
    too_late: 'It is too late to cancel here. Please call us.',
    over: 'This appointment was changed, cancelled, or is over. There is nothing to answer any more.',
    unknown: 'This link is not valid. Please use the link in your latest message.',
  },
  de: {
    title: 'Ihr Termin',
    with: 'bei',
    confirm: 'Ich komme',
    cancel: 'Ich kann nicht kommen, bitte absagen',
    confirmed: 'Vielen Dank. Wir freuen uns auf Sie.',
    cancelled: 'Ihr Termin ist abgesagt.',
    used: 'Das haben Sie schon beantwortet.',
    too_late: 'Für eine Absage ist es hier zu spät. Bitte rufen Sie uns an.',
    over: 'Dieser Termin wurde geändert, abgesagt oder ist vorbei. Es gibt nichts mehr zu beantworten.',
    unknown: 'Dieser Link ist nicht gültig. Bitte nehmen Sie den Link aus Ihrer letzten Nachricht.',
  },
} as const;
type Words = (typeof words)['en' | 'de'];

const HEAD = '<link rel="stylesheet" href="/problems/page.css"><meta name="robots" content="noindex">';

/** Like every page, and its form may be sent to where it came from. Others are not told of the address, which is a secret. */
const headers = (_req: Request, res: Response, next: () => void) => {
  const policy = String(res.getHeader('Content-Security-Policy'));
  res.setHeader('Content-Security-Policy', policy.replace("form-action 'none'", "form-action 'self'"));
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cache-Control', 'no-store');
  next();
};

const textOf = (spoken: Words, { outcome }: AskedVisit, answered: Action | undefined): string | undefined => {
  if (outcome === 'done') return answered === 'cancel' ? spoken.cancelled : spoken.confirmed;
  if (outcome === 'not_possible') return spoken.over;
  return outcome && spoken[outcome];
};

const buttonOf = (token: string, action: Action, label: string): string =>
  `<form method="post" action="/visits/${encodeURIComponent(token)}/${action}"><p><button>${escapeHtml(label)}</button></p></form>`;

type Page = { readonly token: string; readonly offered: readonly Action[]; readonly answered?: Action };

const visitPage = (asked: AskedVisit, { token, offered, answered }: Page): string => {
  const spoken = asked.language.startsWith('de') ? words.de : words.en;
  const said = textOf(spoken, asked, answered);
  const buttons = said === undefined ? offered.filter((action) => asked.open.includes(action)) : [];
  const text = said ?? (buttons.length === 0 ? spoken.used : undefined);
  return htmlPage({
    title: `${spoken.title}: ${asked.clinic}`,
    head: HEAD,
    body: `<main>
      <h1>${escapeHtml(spoken.title)}</h1>
      <p>${escapeHtml(asked.clinic)}</p>
      <p><strong>${escapeHtml(asked.when)}</strong><br>${escapeHtml(`${spoken.with} ${asked.doctor}`)}</p>
      ${text === undefined ? '' : `<p role="status">${escapeHtml(text)}</p>`}
      ${buttons.map((action) => buttonOf(token, action, spoken[action])).join('\n')}
    </main>`,
  });
};

const unknownPage = htmlPage({
  title: words.en.title,
  head: HEAD,
  body: `<main><p>${words.en.unknown}</p><p lang="de">${words.de.unknown}</p></main>`,
});

const send = (res: Response, asked: AskedVisit | undefined, page: Page): void => {
  res.status(asked ? 200 : 404).type('html');
  res.end(asked ? visitPage(asked, page) : unknownPage);
};

/**
 * The pages behind the links of reminders. Looking changes nothing, so that programs that follow the links of a mail answer nothing; the button
 * on the page does.
 */
export const visitPages = (answers: ReminderAnswers): Router => {
  const router = Router();
  const show = (path: string, offered: readonly Action[]) =>
    router.get(path, pageHeaders, headers, async (req, res) => {
      const token = String(req.params['token']);
      send(res, await answers.show(token), { token, offered });
    });
  const act = (action: Action) =>
    router.post(`/visits/:token/${action}`, pageHeaders, headers, async (req, res) => {
      const token = String(req.params['token']);
      const asked = await answers.answer(requestContext(req, res), token, action);
      send(res, asked, { token, offered: [], answered: action });
    });
  show('/visits/:token', ['confirm', 'cancel']);
  show('/visits/:token/confirm', ['confirm']);
  show('/visits/:token/cancel', ['cancel']);
  act('confirm');
  act('cancel');
  return router;
};
