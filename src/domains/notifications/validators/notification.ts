import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';

export const ListNotifications = PageQuery.extend({
  unread: z
    .enum(['true', 'false'])
    .transform((given) => given === 'true')
    .optional(),
});
export type ListNotifications = z.output<typeof ListNotifications>;

export const NotificationParams = z.object({ id: Id });
export const ReadAnswer = z.object({ read: z.int() }).meta({ id: 'ReadNotifications' });
