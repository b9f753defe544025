import { createHmac } from 'node:crypto';
import type { Database } from '../../../database/db.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import type { AnswerOutcome } from '../models/reminder-answer.ts';
import { replyMeaning } from '../models/sms-reply.ts';
import { findLastSmsReminder, insertInboundSms } from '../repositories/sms.repository.ts';
import type { ReminderAnswers } from './reminder-answers.service.ts';

export type InboundSmsDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'findById'>;
  answers: ReminderAnswers;
  hashOfNumber: (number: string) => Buffer;
};
export type InboundSms = ReturnType<typeof createInboundSms>;

/** A visit is booked at most two years ahead, and nobody is reminded earlier than a month before. */
const REMINDED_WITHIN_MS = 31 * DAY_MS;

/** Of a number, what cannot be turned back into it without the installation's secret. */
export const createNumberHash =
  (secret: string) =>
  (number: string): Buffer =>
    createHmac('sha256', secret).update(`sms-number:${number}`).digest();

/** What a patient wrote back, as the provider hands it in. */
export type SmsReply = { readonly messageSid: string; readonly from: string; readonly text: string };
export type SmsAnswer = {
  readonly meaning: 'confirm' | 'cancel';
  readonly outcome: AnswerOutcome;
  readonly locale: string;
};

/** Takes the answers to reminders by SMS: of the visit that the number was reminded of last. */
export const createInboundSms = ({ database, clock, tenants, answers, hashOfNumber }: InboundSmsDeps) => ({
  /** Nothing to say to a number that nobody was reminded on, to what is neither yes nor no, or to a reply that comes again. */
  receive: async (ctx: RequestCtx, { messageSid, from, text }: SmsReply): Promise<SmsAnswer | undefined> => {
    const meaning = replyMeaning(text);
    if (meaning === undefined) return undefined;
    const since = new Date(clock.now().getTime() - REMINDED_WITHIN_MS);
    const reminded = await findLastSmsReminder(database.system, hashOfNumber(from), since);
    if (!reminded) return undefined;
    const { tenantId, reminderId } = reminded;
    const outcome = await database.transaction({ tenantId }, async (tx) => {
      if (!(await insertInboundSms(tx, messageSid, meaning, clock.now()))) return undefined;
      return answers.answerIn(tx, ctx, reminderId, meaning);
    });
    const tenant = await tenants.findById(tenantId);
    return outcome && { meaning, outcome, locale: tenant?.locale ?? 'en' };
  },
});
