import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { Room } from '../models/room.ts';
import { Flag, madeByServer } from './catalogue.ts';

const RoomFields = z.strictObject(Room.omit(madeByServer).shape);

export const CreateRoom = RoomFields.extend({ active: z.boolean().default(true) });

export const UpdateRoom = RoomFields.partial();

export const ListRooms = PageQuery.extend({ locationId: Id.optional(), active: Flag.optional() });
export type ListRooms = z.output<typeof ListRooms>;
