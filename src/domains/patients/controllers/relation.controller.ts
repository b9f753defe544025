import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { ConsentService } from '../services/consent.service.ts';
import type { GuardianService } from '../services/guardian.service.ts';
import type { OpeningService } from '../services/opening.service.ts';
import type { AddGuardian, BreakGlass, ListConsents, RecordConsent } from '../validators/relations.ts';

type One = { params: { id: string } };
type Services = { guardians: GuardianService; consents: ConsentService; openings: OpeningService };

export const createRelationController = ({ guardians, consents, openings }: Services) => ({
  guardians: (ctx: Ctx, { params }: One) => guardians.list(ctx, params.id),
  dependants: (ctx: Ctx, { params }: One) => guardians.dependants(ctx, params.id),
  addGuardian: (ctx: Ctx, { params, body }: One & { body: AddGuardian }) =>
    guardians.add(ctx, params.id, body),
  removeGuardian: (ctx: Ctx, { params }: { params: { id: string; guardianId: string } }) =>
    guardians.remove(ctx, params.id, params.guardianId),
  consents: (ctx: Ctx, { params, query }: One & { query: ListConsents }) =>
    consents.list(ctx, params.id, query),
  recordConsent: (ctx: Ctx, { params, body }: One & { body: RecordConsent }) =>
    consents.record(ctx, params.id, body),
  breakGlass: (ctx: Ctx, { params, body }: One & { body: BreakGlass }) =>
    openings.breakGlass(ctx, params.id, body.reason),
  openings: (ctx: Ctx, { params, query }: One & { query: PageQuery }) =>
    openings.openings(ctx, params.id, query),
  accessLog: (ctx: Ctx, { params, query }: One & { query: PageQuery }) =>
    openings.accessLog(ctx, params.id, query),
});
export type RelationController = ReturnType<typeof createRelationController>;
