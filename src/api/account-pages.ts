import { Router } from 'express';
import { pageHeaders } from '../shared/middleware/security-headers.ts';
import { htmlPage } from './page.ts';

type AccountPage = {
  readonly path: string;
  readonly title: string;
  readonly button: string;
  readonly done: string;
  /** Where the form is sent, below /api/v1, with the token of the link. */
  readonly action: string;
  readonly fields: readonly (readonly [name: string, label: string, type: 'text' | 'password'])[];
};

const PAGES: readonly AccountPage[] = [
  {
    path: '/account/verify-email',
    title: 'Confirm your email address',
    button: 'Confirm',
    done: 'Thank you. Your email address is confirmed.',
    action: '/auth/verify-email',
    fields: [],
  },
  {
    path: '/account/reset-password',
    title: 'Choose a new password',
    button: 'Save the password',
    done: 'Your new password is saved. You can log in with it now.',
    action: '/auth/reset-password',
    fields: [['newPassword', 'New password, 10 characters at least', 'password']],
  },
  {
    path: '/account/accept-invitation',
    title: 'Accept the invitation',
    button: 'Open the account',
    done: 'Your account is open. You can log in with it now.',
    action: '/auth/accept-invitation',
    fields: [
      ['firstName', 'First name, unless the clinic knows it', 'text'],
      ['lastName', 'Last name, unless the clinic knows it', 'text'],
      ['password', 'Password, 10 characters at least', 'password'],
    ],
  },
];

/** The token is behind the #, so that it reaches this script and no log; empty fields are left out. */
const SCRIPT = `const form = document.querySelector('form');
const message = document.querySelector('output');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = [...new FormData(form)].filter(([, value]) => value !== '');
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  const response = await fetch('/api/v1' + form.dataset.action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ token, ...Object.fromEntries(given) }),
  }).catch(() => undefined);
  if (response?.ok) {
    form.hidden = true;
    message.value = form.dataset.done;
    return;
  }
  const problem = await response?.json().catch(() => undefined);
  const faults = problem?.errors?.map(({ pointer, detail }) => pointer.slice(1) + ' ' + detail) ?? [];
  message.value = [problem?.title ?? 'The server cannot be reached. Try again.', ...faults].join('. ');
});
`;

const html = ({ title, button, done, action, fields }: AccountPage): string =>
  htmlPage({
    title,
    head: '<link rel="stylesheet" href="/problems/page.css"><script src="/account/form.js" defer></script>',
    body: `<main>
      <h1>${title}</h1>
      <form data-action="${action}" data-done="${done}">
        ${fields
          .map(
            ([name, label, type]) =>
              `<p><label>${label}<br><input name="${name}" type="${type}"${type === 'password' ? ' required autocomplete="new-password"' : ''}></label></p>`,
          )
          .join('\n')}
        <p><button>${button}</button></p>
      </form>
      <p><output></output></p>
    </main>`,
  });

/** Where the links of letters lead, for clinics that have no pages of their own: a form, and a call of the API. */
export const accountPages = (): Router => {
  const router = Router();
  for (const page of PAGES) {
    const text = html(page);
    router.get(page.path, pageHeaders, (_req, res) => {
      res.setHeader('Referrer-Policy', 'no-referrer');
      res.type('html').end(text);
    });
  }
  router.get('/account/form.js', pageHeaders, (_req, res) => {
    res.type('js').end(SCRIPT);
  });
  return router;
};
