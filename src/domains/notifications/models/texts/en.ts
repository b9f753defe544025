import type { AlertTexts, Texts } from './text.ts';

const visit = `When: {{when}}
With: {{doctor}}
What: {{service}}{{#place}}
Where: {{place}}{{/place}}`;
const close = `Kind regards
{{clinic}}`;
const letter = (...paragraphs: readonly string[]): string =>
  ['Hello{{#firstName}} {{firstName}}{{/firstName}},', ...paragraphs, close].join('\n\n');

export const en: Texts = {
  appointment_requested: {
    title: 'Your request for {{when}}',
    line: '{{clinic}}: your request for {{when}} with {{doctor}} has arrived. We will confirm it soon.',
    letter: letter('we have received your request. It becomes fixed when we confirm it.', visit),
  },
  appointment_booked: {
    title: 'Your appointment on {{when}}',
    line: '{{clinic}}: your appointment on {{when}} with {{doctor}} is booked.',
    letter: letter('your appointment is booked.', visit),
  },
  appointment_confirmed: {
    title: 'Confirmed: your appointment on {{when}}',
    line: '{{clinic}}: your appointment on {{when}} with {{doctor}} is confirmed.',
    letter: letter('we have confirmed your appointment.', visit),
  },
  appointment_rescheduled: {
    title: 'Changed: your appointment is on {{when}}',
    line: '{{clinic}}: your appointment has changed. It is now on {{when}} with {{doctor}}.',
    letter: letter(
      'your appointment has changed.{{#previousWhen}} It was planned for {{previousWhen}}.{{/previousWhen}}',
      visit,
    ),
  },
  appointment_cancelled: {
    title: 'Cancelled: your appointment on {{when}}',
    line: '{{clinic}}: your appointment on {{when}} with {{doctor}} is cancelled.',
    letter: letter('your appointment is cancelled.', visit),
  },
  appointment_reminder: {
    title: 'Reminder: your appointment on {{when}}',
    line: '{{clinic}}: reminder of your appointment on {{when}} with {{doctor}}.',
    sms: '{{clinic}}: reminder of your appointment on {{when}} with {{doctor}}. Reply YES to confirm, NO to cancel, or open {{answerUrl}}',
    letter: letter(
      'this is a reminder of your appointment.',
      visit,
      'I will come: {{confirmUrl}}',
      'I cannot come: {{cancelUrl}}',
    ),
  },
  waitlist_offer: {
    title: 'A time has become free: {{when}}',
    line: '{{clinic}}: {{when}} with {{doctor}} has become free. Please accept or decline it by {{answerBy}}.',
    letter: letter(
      'a time that you have been waiting for has become free.',
      visit,
      'We keep it for you until {{answerBy}}. Please log in to accept or decline it.',
    ),
  },
  calendar_booked: {
    title: 'New appointment: {{when}}',
    line: 'An appointment on {{when}} was booked with you.',
    letter: letter('an appointment was booked with you.', visit),
  },
  calendar_rescheduled: {
    title: 'Changed appointment: {{when}}',
    line: 'An appointment of yours was changed. It is now on {{when}}.',
    letter: letter(
      'an appointment of yours was changed.{{#previousWhen}} It was planned for {{previousWhen}}.{{/previousWhen}}',
      visit,
    ),
  },
  calendar_cancelled: {
    title: 'Cancelled appointment: {{when}}',
    line: 'Your appointment on {{when}} was cancelled.',
    letter: letter('an appointment of yours was cancelled.', visit),
  },
  system_alert: {
    title: 'Please look into this: {{clinic}}',
    line: '{{alert}}',
    letter: letter('{{alert}}', 'You get this message because you are an administrator of {{clinic}}.'),
  },
  email_verification: {
    title: 'Confirm your email address for {{clinic}}',
    line: 'Confirm your email address for {{clinic}}',
    letter: letter(
      'please confirm that this is your email address, so that {{clinic}} can reach you.',
      'Confirm the address: {{link}}',
      'The link works once, until {{expires}}.',
      'If you did not open an account with {{clinic}}, ignore this mail.',
    ),
  },
  address_taken: {
    title: 'You have an account with {{clinic}} already',
    line: 'You have an account with {{clinic}} already',
    letter: letter(
      'somebody, we hope you, wanted to open an account with {{clinic}} for this address. You have one already: log in with it.',
      'If you have forgotten the password, choose a new one: {{link}}',
      'The link works once, until {{expires}}.',
      'If it was not you, ignore this mail: your account stays as it is.',
    ),
  },
  password_reset: {
    title: 'Choose a new password for {{clinic}}',
    line: 'Choose a new password for {{clinic}}',
    letter: letter(
      'somebody, we hope you, asked for a new password for your account with {{clinic}}.',
      'Choose a new password: {{link}}',
      'The link works once, until {{expires}}.',
      'If it was not you, ignore this mail: your password stays as it is.',
    ),
  },
  invitation: {
    title: '{{clinic}} invites you',
    line: '{{clinic}} invites you',
    letter: letter(
      '{{clinic}} invites you to work with its appointment calendar. Choose a password to accept.',
      'Accept the invitation: {{link}}',
      'The link works once, until {{expires}}.',
      'If you do not know why, ignore this mail.',
    ),
  },
};

export const enAlerts: AlertTexts = {
  record_opened_by_break_glass:
    'A patient record was opened by emergency access. The audit trail says who did so, when and why.',
  webhook_disabled:
    'A webhook endpoint was switched off because it has not answered for a long time. Please check it and switch it on again.',
};
