import type { Tx } from '../../../database/db.ts';
import type { SourceEvent } from '../models/source-event.ts';
import { waitOf } from '../models/wait.ts';
import { listDoctorsAmong, listEventsOf } from '../repositories/source-event.repository.ts';
import { putWaits } from '../repositories/wait.repository.ts';
import { projectVisits } from './visit-figures.ts';
import { projectHours } from './working-figures.ts';

type Projection = {
  readonly timezone: string;
  readonly now: Date;
  /** From when on the working time of a doctor is to be made anew; without it, all of it. */
  readonly sinceOf?: (doctorId: string) => Date | undefined;
};

const bySubject = (events: readonly SourceEvent[], prefix: string): Map<string, SourceEvent[]> => {
  const groups = new Map<string, SourceEvent[]>();
  for (const event of events.filter(({ type }) => type.startsWith(prefix))) {
    const group = groups.get(event.subjectId);
    if (group) group.push(event);
    else groups.set(event.subjectId, [event]);
  }
  return groups;
};

/**
 * Makes what is known of the subjects from all events that tell of them: the same whether they came one by one, late, or
 * all at once.
 */
export const projectSubjects = async (
  tx: Tx,
  subjectIds: readonly string[],
  { timezone, now, sinceOf = () => undefined }: Projection,
): Promise<void> => {
  const [events, doctorIds] = await Promise.all([
    listEventsOf(tx, subjectIds),
    listDoctorsAmong(tx, subjectIds),
  ]);
  await projectVisits(tx, timezone, bySubject(events, 'appointment.'));
  const waits = [...bySubject(events, 'waitlist.').values()];
  putWaits(
    tx,
    waits.flatMap((each) => waitOf(each, timezone) ?? []),
  );
  for (const doctorId of doctorIds) {
    await projectHours(tx, doctorId, { timezone, now, since: sinceOf(doctorId) });
  }
};
