import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import { Override } from '../models/availability.ts';

export const DoctorParams = z.object({ id: Id });
export const OverrideParams = z.object({ id: Id, overrideId: Id });

const { startDate, endDate, kind, intervals, reason } = Override.shape;

export const CreateOverride = z
  .strictObject({
    startDate,
    endDate,
    kind,
    intervals: intervals.default([]),
    reason: reason.default(null),
  })
  .refine((override) => override.startDate <= override.endDate, {
    path: ['endDate'],
    error: 'must not be before startDate',
  })
  .refine((override) => override.kind === 'unavailable' || override.intervals.length > 0, {
    path: ['intervals'],
    error: 'must hold the hours of a custom override',
  })
  .refine((override) => override.kind === 'custom' || override.intervals.length === 0, {
    path: ['intervals'],
    error: 'must be left out: the doctor is not there on these dates',
  });
export type CreateOverride = z.output<typeof CreateOverride>;

export const ListOverrides = PageQuery.extend({ from: LocalDate.optional(), to: LocalDate.optional() });
export type ListOverrides = z.output<typeof ListOverrides>;
