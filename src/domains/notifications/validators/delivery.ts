import type { z } from 'zod';
import { PageQuery } from '../../../shared/types/page.ts';
import { DeliveryStatus } from '../models/delivery.ts';
import { Kind, OuterChannel } from '../models/kind.ts';

export const ListDeliveries = PageQuery.extend({
  status: DeliveryStatus.optional(),
  channel: OuterChannel.optional(),
  kind: Kind.optional(),
});
export type ListDeliveries = z.output<typeof ListDeliveries>;
