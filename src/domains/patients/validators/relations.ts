import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { Consent, ConsentKind } from '../models/consent.ts';
import { Relationship } from '../models/guardian.ts';

export const AddGuardian = z.strictObject({
  guardianId: Id.meta({
    description: 'The patient record of the guardian, who logs in with their own account',
  }),
  relationship: Relationship.default('other'),
});
export type AddGuardian = z.output<typeof AddGuardian>;

export const GuardianParams = z.object({ id: Id, guardianId: Id });

export const RecordConsent = z.strictObject({ kind: ConsentKind, status: Consent.shape.status });
export type RecordConsent = z.output<typeof RecordConsent>;

export const ListConsents = PageQuery.extend({ kind: ConsentKind.optional() });
export type ListConsents = z.output<typeof ListConsents>;

export const BreakGlass = z.strictObject({ reason: text(500) });
export type BreakGlass = z.output<typeof BreakGlass>;

export const MergePatients = z.strictObject({
  duplicateId: Id.meta({ description: 'The record that goes into the other' }),
});
export type MergePatients = z.output<typeof MergePatients>;
