import express, { Router } from 'express';
import { type InboundSms, isSignedBy, type SmsAnswer } from '../domains/notifications/index.ts';
import type { Config } from '../shared/config/config.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { escapeHtml } from '../shared/utils/html.ts';
import { requestContext } from './identify.ts';

const PATH = '/api/v1/notifications/inbound/sms';

const words = {
  en: {
    confirm: 'Thank you, we look forward to seeing you.',
    cancel: 'Your appointment is cancelled.',
    too_late: 'It is too late to cancel by SMS. Please call us.',
    not_possible: 'This appointment cannot be changed any more.',
  },
  de: {
    confirm: 'Vielen Dank, wir freuen uns auf Sie.',
    cancel: 'Ihr Termin ist abgesagt.',
    too_late: 'Für eine Absage per SMS ist es zu spät. Bitte rufen Sie uns an.',
    not_possible: 'Dieser Termin kann nicht mehr geändert werden.',
  },
} as const;

const wordsFor = ({ meaning, outcome, locale }: SmsAnswer): string => {
  const spoken = locale.startsWith('de') ? words.de : words.en;
  if (outcome === 'done' || outcome === 'used') return spoken[meaning];
  return outcome === 'too_late' ? spoken.too_late : spoken.not_possible;
};

/** TwiML, which the provider acts on; without a message it sends none. */
const answerOf = (answer: SmsAnswer | undefined): string => {
  const message = answer ? `<Message>${escapeHtml(wordsFor(answer))}</Message>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${message}</Response>`;
};

const fieldsOf = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );

/** What the SMS provider calls when somebody writes back. It speaks forms and XML, so it is no route of the JSON API. 403 for who does not know the account's token. */
export const inboundSmsRouter = (
  { publicUrl, notifications: { sms } }: Pick<Config, 'publicUrl' | 'notifications'>,
  inbound: InboundSms,
): Router => {
  const router = Router();
  if (!sms) return router;
  router.post(PATH, express.urlencoded({ extended: false, limit: '64kb' }), async (req, res) => {
    const fields = fieldsOf(req.body);
    const signature = req.get('X-Twilio-Signature') ?? '';
    if (!isSignedBy(sms.authToken, { url: `${publicUrl}${PATH}`, fields, signature })) {
      throw new AppError(commonProblems.forbidden, 'The signature is not that of the account.');
    }
    const { MessageSid: messageSid = '', From: from = '', Body: text = '' } = fields;
    const isComplete = messageSid !== '' && messageSid.length <= 64 && from !== '';
    const answer = isComplete
      ? await inbound.receive(requestContext(req, res), { messageSid, from, text })
      : undefined;
    res.type('text/xml').end(answerOf(answer));
  });
  return router;
};
