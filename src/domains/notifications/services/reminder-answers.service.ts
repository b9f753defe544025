import type { Database, Db, Tx } from '../../../database/db.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { DoctorsPort } from '../../doctors/index.ts';
import type { Tenant, TenantsPort } from '../../tenants/index.ts';
import { languagesFor } from '../models/template.ts';
import type { AnswerOutcome, ReminderAnswer } from '../models/reminder-answer.ts';
import type { ReminderLinks, ReminderName } from '../models/reminder-link.ts';
import { whenOf } from '../models/visit-words.ts';
import type { Visit, VisitsPort } from '../ports.ts';
import {
  findReminder,
  insertAnswer,
  listAnswers,
  lockReminder,
} from '../repositories/reminder.repository.ts';
import type { People } from './people.ts';

export type ReminderAnswerDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'findById'>;
  doctors: Pick<DoctorsPort, 'visitNames'>;
  people: People;
  visits: Pick<VisitsPort, 'find' | 'confirmAttendance' | 'cancelByPatient'>;
  links: ReminderLinks;
};
export type ReminderAnswers = ReturnType<typeof createReminderAnswers>;

/** What the page behind a reminder's link shows. */
export type AskedVisit = {
  readonly clinic: string;
  readonly language: string;
  readonly when: string;
  readonly doctor: string;
  /** Which answers can still be given. */
  readonly open: readonly ReminderAnswer[];
  readonly outcome: AnswerOutcome | undefined;
};

const STILL_TO_COME = ['pending', 'confirmed'];

/** The answers of patients to reminders: each reminder takes each answer once, without a login. */
export const createReminderAnswers = (deps: ReminderAnswerDeps) => {
  const { database, clock, tenants, doctors, people, visits, links } = deps;

  type Asked = { readonly tenant: Tenant; readonly visit: Visit; readonly isOver: boolean };
  const findAsked = async (db: Db, reminderId: string): Promise<Asked | undefined> => {
    const [tenant, reminder] = [await tenants.findById(db.tenantId), await findReminder(db, reminderId)];
    const visit = reminder && (await visits.find(db, reminder.appointmentId));
    if (tenant?.status !== 'active' || !visit) return undefined;
    const isSame = visit.startsAt.getTime() === reminder.startsAt.getTime();
    const isOver = !isSame || !STILL_TO_COME.includes(visit.status) || visit.startsAt <= clock.now();
    return { tenant, visit, isOver };
  };

  /** In the caller's transaction: what the answer did, and that it was given, commit together. */
  const answerIn = async (
    tx: Tx,
    ctx: RequestCtx,
    reminderId: string,
    answer: ReminderAnswer,
  ): Promise<AnswerOutcome | undefined> => {
    await lockReminder(tx, reminderId);
    const asked = await findAsked(tx, reminderId);
    if (!asked) return undefined;
    if ((await listAnswers(tx, reminderId)).includes(answer)) return 'used';
    if (asked.isOver) return 'over';
    const act = answer === 'confirm' ? visits.confirmAttendance : visits.cancelByPatient;
    const outcome = await act(tx, ctx, asked.visit);
    if (outcome === 'done') await insertAnswer(tx, reminderId, answer, clock.now());
    return outcome;
  };

  const show = async (
    { tenantId, reminderId }: ReminderName,
    outcome: AnswerOutcome | undefined,
  ): Promise<AskedVisit | undefined> => {
    const db = database.read(tenantId);
    const asked = await findAsked(db, reminderId);
    if (!asked) return undefined;
    const { tenant, visit, isOver } = asked;
    const person = await people.find(db, tenant, { type: 'patient', id: visit.patientId });
    const [language = 'en'] = person?.languages ?? languagesFor(tenant.locale);
    const names = await doctors.visitNames(db, {
      doctorIds: [visit.doctorId],
      serviceIds: [],
      locationIds: [],
    });
    const given = await listAnswers(db, reminderId);
    const all: readonly ReminderAnswer[] = ['confirm', 'cancel'];
    return {
      clinic: tenant.name,
      language,
      when: whenOf(visit.startsAt, visit.timezone, language),
      doctor: names.doctors.get(visit.doctorId) ?? '',
      open: isOver ? [] : all.filter((each) => !given.includes(each)),
      outcome: outcome ?? (isOver ? 'over' : undefined),
    };
  };

  return {
    /** What the link asks; nothing for a token that opens nothing. Changes nothing, whoever looks. */
    show: async (token: string): Promise<AskedVisit | undefined> => {
      const name = links.read(token);
      return name && show(name, undefined);
    },

    answer: async (
      ctx: RequestCtx,
      token: string,
      answer: ReminderAnswer,
    ): Promise<AskedVisit | undefined> => {
      const name = links.read(token);
      if (!name) return undefined;
      const { tenantId, reminderId } = name;
      const outcome = await database.transaction({ tenantId }, (tx) => answerIn(tx, ctx, reminderId, answer));
      return show(name, outcome);
    },

    answerIn,
  };
};
