import { z } from 'zod';
import type { Role } from '../../../shared/config/permissions.ts';
import { type Interval, overlaps } from '../../../shared/time/interval.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { Absence } from '../../doctors/index.ts';
import { Appointment } from './appointment.ts';

export const AbsenceAction = z.enum(['move', 'offer', 'cancel']);
export type AbsenceAction = z.output<typeof AbsenceAction>;

const Outcome = z.enum(['moved', 'offered', 'cancelled', 'changed', 'failed']).meta({
  description: 'changed: somebody else has moved, cancelled or begun the visit, which was left alone',
});
export type AbsenceOutcome = z.output<typeof Outcome>;

/** A time that the patient could have instead. */
const Proposal = z
  .object({ doctorId: Id, startsAt: Instant, endsAt: Instant, locationId: Id.nullable() })
  .meta({ id: 'AbsenceProposal' });
export type Proposal = z.output<typeof Proposal>;

const AffectedVisit = z
  .object({ appointment: Appointment, proposals: z.array(Proposal) })
  .meta({ id: 'AffectedVisit' });
export type AffectedVisit = Omit<z.output<typeof AffectedVisit>, 'appointment'> & {
  appointment: Appointment;
};

const ReportItem = z
  .object({
    appointmentId: Id,
    action: AbsenceAction,
    outcome: Outcome.nullable().meta({ description: 'null: not done yet' }),
    code: z.string().nullable().meta({
      description: 'Why it failed, or how the visit has changed',
      example: 'slot_taken',
    }),
    doctorId: Id.nullable().meta({ description: 'With whom the visit is now, or is offered' }),
    startsAt: Instant.nullable().meta({ description: 'When the visit is now, or is offered' }),
  })
  .meta({ id: 'AbsenceReportItem' });

/** What was decided about the visits of an absence, and how far that has come. */
export const AbsenceReport = z
  .object({
    status: z.enum(['running', 'completed']),
    total: z.int(),
    done: z.int(),
    moved: z.int(),
    offered: z.int(),
    cancelled: z.int(),
    changed: z.int(),
    failed: z.int(),
    items: z.array(ReportItem),
  })
  .meta({ id: 'AbsenceReport' });
export type AbsenceReport = z.output<typeof AbsenceReport>;

/** An absence with the visits that it affects, as they are now. */
export const AbsenceView = z
  .object({
    ...Absence.shape,
    affected: z.array(AffectedVisit),
    report: AbsenceReport.nullable().meta({ description: 'null: nothing has been decided yet' }),
  })
  .meta({ id: 'AbsenceView' });
export type AbsenceView = Absence & { affected: AffectedVisit[]; report: AbsenceReport | null };

/** A visit of an absence, with what was decided about it, by whom, and what became of it. */
export type AbsenceVisit = {
  readonly absenceId: string;
  readonly appointmentId: string;
  readonly action: AbsenceAction | null;
  readonly wantedDoctorId: string | null;
  readonly wantedStartsAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedAs: Role | null;
  readonly ownCalendarOnly: boolean | null;
  readonly requestId: string | null;
  readonly outcome: AbsenceOutcome | null;
  readonly code: string | null;
  readonly doctorId: string | null;
  readonly startsAt: Date | null;
};

/** Whether something is still to be decided: nothing has been, or it could not be done. */
export const isOpen = ({ action, outcome }: Pick<AbsenceVisit, 'action' | 'outcome'>): boolean =>
  action === null || outcome === 'failed';

/** The report on all visits about which something was decided. */
export const reportOn = (visits: readonly AbsenceVisit[]): AbsenceReport => {
  const items = visits.flatMap(({ appointmentId, action, outcome, code, doctorId, startsAt }) =>
    action === null ? [] : [{ appointmentId, action, outcome, code, doctorId, startsAt }],
  );
  const countOf = (wanted: AbsenceOutcome) => items.filter(({ outcome }) => outcome === wanted).length;
  const done = items.filter(({ outcome }) => outcome !== null).length;
  return {
    status: done < items.length ? 'running' : 'completed',
    total: items.length,
    done,
    moved: countOf('moved'),
    offered: countOf('offered'),
    cancelled: countOf('cancelled'),
    changed: countOf('changed'),
    failed: countOf('failed'),
    items,
  };
};

type Visit = Pick<Appointment, 'doctorId' | 'startsAt' | 'endsAt' | 'status'>;

/** Statuses in which a visit can still be moved or cancelled. */
export const displaceable: readonly Visit['status'][] = ['pending', 'confirmed', 'checked_in'];

/** How a visit has changed since the absence was entered, as a code; nothing if it still is without its doctor. */
export const changeSince = (
  visit: Visit | undefined,
  absence: { readonly doctorId: string; readonly time: Interval },
): string | undefined => {
  if (!visit) return 'appointment_not_found';
  if (!displaceable.includes(visit.status)) return `appointment_${visit.status}`;
  const time = { start: visit.startsAt.getTime(), end: visit.endsAt.getTime() };
  const isThere = visit.doctorId === absence.doctorId && overlaps(time, absence.time);
  return isThere ? undefined : 'appointment_moved';
};
