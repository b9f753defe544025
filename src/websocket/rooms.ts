import { type Ctx, ownPatientIds } from '../shared/types/context.ts';

const room = (tenantId: string, kind: string, id: string) => `t:${tenantId}:${kind}:${id}`;

export const userRoom = (tenantId: string, userId: string): string => room(tenantId, 'user', userId);
export const patientRoom = (tenantId: string, patientId: string): string =>
  room(tenantId, 'patient', patientId);
/** Whole appointments of one doctor: for that doctor. */
export const doctorRoom = (tenantId: string, doctorId: string): string => room(tenantId, 'doctor', doctorId);
/** Whole appointments of the clinic: for whoever may read them all. */
export const staffRoom = (tenantId: string): string => `t:${tenantId}:staff`;
/** What only administrators of the clinic are told. */
export const adminRoom = (tenantId: string): string => `t:${tenantId}:admins`;
/** When a doctor's calendar changed, without what or for whom: for whoever may read doctors. */
export const calendarRoom = (tenantId: string, doctorId: string): string =>
  room(tenantId, 'calendar', doctorId);
/** Every socket of a clinic. */
export const tenantRoom = (tenantId: string): string => `t:${tenantId}`;
/** Whoever has a role that the clinic has made. */
export const roleRoom = (tenantId: string, roleId: string): string => room(tenantId, 'role', roleId);
/** Every socket that one login has opened. Session ids are unique across tenants. */
export const sessionRoom = (sessionId: string): string => `session:${sessionId}`;

/** The rooms that are a caller's by right, without asking. */
export const roomsOf = (ctx: Ctx): string[] => {
  const { tenantId, permissions } = ctx;
  const rooms = [tenantRoom(tenantId), userRoom(tenantId, ctx.userId), sessionRoom(ctx.sessionId)];
  if (ctx.roleId !== undefined) rooms.push(roleRoom(tenantId, ctx.roleId));
  rooms.push(...ownPatientIds(ctx).map((id) => patientRoom(tenantId, id)));
  if (permissions.has('patients:audit')) rooms.push(adminRoom(tenantId));
  if (ctx.doctorId !== undefined && permissions.has('appointments:read:own')) {
    rooms.push(doctorRoom(tenantId, ctx.doctorId));
  }
  if (permissions.has('appointments:read')) rooms.push(staffRoom(tenantId));
  return rooms;
};

/** Whether the caller may see when doctors' calendars change. */
export const maySubscribe = (ctx: Ctx): boolean => ctx.permissions.has('doctors:read');

/** Of the rooms that a connection was in, those that it had asked for and its caller may still be in. */
export const stillSubscribed = (ctx: Ctx, rooms: readonly string[]): string[] =>
  maySubscribe(ctx) ? rooms.filter((name) => name.startsWith(calendarRoom(ctx.tenantId, ''))) : [];
