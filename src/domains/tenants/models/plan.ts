import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';

const limit = z.int().min(0).max(1_000_000).nullable();

/** What a clinic has agreed with the operator of the installation. */
export const Plan = z
  .strictObject({
    name: text(40).meta({ example: 'standard' }),
    maxDoctors: limit.meta({ description: 'Active doctors; null: any number', example: 5 }),
    maxUsers: limit.meta({
      description: 'Active users who are not patients; null: any number',
      example: 20,
    }),
  })
  .meta({ id: 'Plan' });
export type Plan = z.output<typeof Plan>;

export const standardPlan: Plan = { name: 'standard', maxDoctors: null, maxUsers: null };
