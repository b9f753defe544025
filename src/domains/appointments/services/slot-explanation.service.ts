import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Bookable, Departure, DoctorsPort } from '../../doctors/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { problemOfStart } from '../models/start-problem.ts';
import { visitOf } from '../models/visit-plan.ts';
import type { ExplainSlot } from '../validators/slots.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type SlotExplanationDeps = {
  database: Database;
  tenants: Pick<TenantsPort, 'settings'>;
  doctors: Pick<DoctorsPort, 'departures'>;
  planner: VisitPlanner;
};
export type SlotExplanationService = ReturnType<typeof createSlotExplanationService>;

/** Why a patient could not book the service of the doctor at any time. */
const againstService = ({ offered, bookableByPatients }: Bookable) => [
  ...(offered
    ? []
    : [
        {
          code: 'service_not_offered',
          detail: 'The doctor does not offer this service now; both must be active.',
        },
      ]),
  ...(bookableByPatients
    ? []
    : [{ code: 'not_for_patients', detail: 'Only the front desk can book this service.' }]),
];

/** More of why the doctor does not work then. */
const detailOf: Readonly<Record<Departure, string>> = {
  closed: 'The clinic or the location is closed on that date.',
  other_hours: 'Other hours, or none, take the place of the weekly ones on that date.',
  absent: 'The doctor is away then.',
};

/** Says why a time is or is not offered. */
export const createSlotExplanationService = ({
  database,
  tenants,
  doctors,
  planner,
}: SlotExplanationDeps) => ({
  /** Every reason for which a patient could not start at that time. */
  explain: async (ctx: Ctx, doctorId: string, { serviceId, at }: ExplainSlot) => {
    const db = database.read(ctx.tenantId);
    const bookable = await planner.findKnown(db, { doctorId, serviceId });
    const settings = await tenants.settings(ctx.tenantId);
    const visit = visitOf(bookable, at);
    const question = { bookable, settings, visit, mustBeOffered: true };
    const found = await planner.reasonsAgainst(db, { role: 'patient' }, question);
    const isOutside = found.reasons.includes('outside_working_time');
    const departures = isOutside ? await doctors.departures(db, bookable, visit) : [];
    const reasons = [
      ...againstService(bookable),
      ...found.reasons.map((code) => ({ code, detail: problemOfStart[code].detail })),
      ...departures.map((code) => ({ code, detail: detailOf[code] })),
    ];
    return { at, bookable: reasons.length === 0, reasons };
  },
});
