import type { AlertTexts, Texts } from './text.ts';

const visit = `Wann: {{when}}
Bei: {{doctor}}
Was: {{service}}{{#place}}
Wo: {{place}}{{/place}}`;
const close = `Freundliche Grüße
{{clinic}}`;
const letter = (...paragraphs: readonly string[]): string =>
  ['Guten Tag{{#firstName}} {{firstName}}{{/firstName}},', ...paragraphs, close].join('\n\n');

export const de: Texts = {
  appointment_requested: {
    title: 'Ihre Anfrage für {{when}}',
    line: '{{clinic}}: Ihre Anfrage für {{when}} bei {{doctor}} ist eingegangen. Wir bestätigen sie bald.',
    letter: letter(
      'wir haben Ihre Anfrage erhalten. Der Termin steht fest, sobald wir ihn bestätigen.',
      visit,
    ),
  },
  appointment_booked: {
    title: 'Ihr Termin am {{when}}',
    line: '{{clinic}}: Ihr Termin am {{when}} bei {{doctor}} ist gebucht.',
    letter: letter('Ihr Termin ist gebucht.', visit),
  },
  appointment_confirmed: {
    title: 'Bestätigt: Ihr Termin am {{when}}',
    line: '{{clinic}}: Ihr Termin am {{when}} bei {{doctor}} ist bestätigt.',
    letter: letter('wir haben Ihren Termin bestätigt.', visit),
  },
  appointment_rescheduled: {
    title: 'Geändert: Ihr Termin ist am {{when}}',
    line: '{{clinic}}: Ihr Termin hat sich geändert. Er ist jetzt am {{when}} bei {{doctor}}.',
    letter: letter(
      'Ihr Termin hat sich geändert.{{#previousWhen}} Geplant war er am {{previousWhen}}.{{/previousWhen}}',
      visit,
    ),
  },
  appointment_cancelled: {
    title: 'Abgesagt: Ihr Termin am {{when}}',
    line: '{{clinic}}: Ihr Termin am {{when}} bei {{doctor}} ist abgesagt.',
    letter: letter('Ihr Termin ist abgesagt.', visit),
  },
  appointment_reminder: {
    title: 'Erinnerung: Ihr Termin am {{when}}',
    line: '{{clinic}}: Erinnerung an Ihren Termin am {{when}} bei {{doctor}}.',
    sms: '{{clinic}}: Erinnerung an Ihren Termin am {{when}} bei {{doctor}}. Antworten Sie JA zum Bestätigen, NEIN zum Absagen, oder öffnen Sie {{answerUrl}}',
    letter: letter(
      'wir erinnern Sie an Ihren Termin.',
      visit,
      'Ich komme: {{confirmUrl}}',
      'Ich kann nicht kommen: {{cancelUrl}}',
    ),
  },
  waitlist_offer: {
    title: 'Ein Termin ist frei geworden: {{when}}',
    line: '{{clinic}}: {{when}} bei {{doctor}} ist frei geworden. Bitte nehmen Sie bis {{answerBy}} an oder lehnen Sie ab.',
    letter: letter(
      'ein Termin, auf den Sie warten, ist frei geworden.',
      visit,
      'Wir halten ihn bis {{answerBy}} für Sie frei. Bitte melden Sie sich an, um ihn anzunehmen oder abzulehnen.',
    ),
  },
  calendar_booked: {
    title: 'Neuer Termin: {{when}}',
    line: 'Ein Termin am {{when}} wurde bei Ihnen gebucht.',
    letter: letter('bei Ihnen wurde ein Termin gebucht.', visit),
  },
  calendar_rescheduled: {
    title: 'Geänderter Termin: {{when}}',
    line: 'Einer Ihrer Termine wurde geändert. Er ist jetzt am {{when}}.',
    letter: letter(
      'einer Ihrer Termine wurde geändert.{{#previousWhen}} Geplant war er am {{previousWhen}}.{{/previousWhen}}',
      visit,
    ),
  },
  calendar_cancelled: {
    title: 'Abgesagter Termin: {{when}}',
    line: 'Ihr Termin am {{when}} wurde abgesagt.',
    letter: letter('einer Ihrer Termine wurde abgesagt.', visit),
  },
  system_alert: {
    title: 'Bitte prüfen: {{clinic}}',
    line: '{{alert}}',
    letter: letter('{{alert}}', 'Sie erhalten diese Nachricht als Administrator von {{clinic}}.'),
  },
  email_verification: {
    title: 'Bestätigen Sie Ihre E-Mail-Adresse für {{clinic}}',
    line: 'Bestätigen Sie Ihre E-Mail-Adresse für {{clinic}}',
    letter: letter(
      'bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist, damit {{clinic}} Sie erreichen kann.',
      'Adresse bestätigen: {{link}}',
      'Der Link gilt einmal, bis {{expires}}.',
      'Wenn Sie kein Konto bei {{clinic}} eröffnet haben, beachten Sie diese Mail nicht.',
    ),
  },
  address_taken: {
    title: 'Sie haben schon ein Konto bei {{clinic}}',
    line: 'Sie haben schon ein Konto bei {{clinic}}',
    letter: letter(
      'jemand, hoffentlich Sie, wollte mit dieser Adresse ein Konto bei {{clinic}} eröffnen. Sie haben schon eines: melden Sie sich damit an.',
      'Wenn Sie das Passwort vergessen haben, wählen Sie ein neues: {{link}}',
      'Der Link gilt einmal, bis {{expires}}.',
      'Wenn Sie es nicht waren, beachten Sie diese Mail nicht: Ihr Konto bleibt, wie es ist.',
    ),
  },
  password_reset: {
    title: 'Wählen Sie ein neues Passwort für {{clinic}}',
    line: 'Wählen Sie ein neues Passwort für {{clinic}}',
    letter: letter(
      'jemand, hoffentlich Sie, hat um ein neues Passwort für Ihr Konto bei {{clinic}} gebeten.',
      'Neues Passwort wählen: {{link}}',
      'Der Link gilt einmal, bis {{expires}}.',
      'Wenn Sie es nicht waren, beachten Sie diese Mail nicht: Ihr Passwort bleibt, wie es ist.',
    ),
  },
  invitation: {
    title: '{{clinic}} lädt Sie ein',
    line: '{{clinic}} lädt Sie ein',
    letter: letter(
      '{{clinic}} lädt Sie ein, mit dem Terminkalender zu arbeiten. Wählen Sie ein Passwort, um anzunehmen.',
      'Einladung annehmen: {{link}}',
      'Der Link gilt einmal, bis {{expires}}.',
      'Wenn Sie nicht wissen, warum, beachten Sie diese Mail nicht.',
    ),
  },
};

export const deAlerts: AlertTexts = {
  record_opened_by_break_glass:
    'Eine Patientenakte wurde per Notfallzugriff geöffnet. Das Prüfprotokoll nennt, wer es wann und warum getan hat.',
  webhook_disabled:
    'Ein Webhook wurde abgeschaltet, weil er lange nicht geantwortet hat. Bitte prüfen Sie ihn und schalten Sie ihn wieder ein.',
};
