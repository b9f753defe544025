/** A visit that several patients share. `seatsTaken` counts its appointments and the holds that are still live. */
export type GroupVisit = {
  readonly id: string;
  readonly doctorId: string;
  readonly serviceId: string;
  readonly roomId: string | null;
  readonly startsAt: Date;
  readonly seatsTaken: number;
};

type Shared = { readonly doctorId: string; readonly serviceId: string; readonly capacity: number };

/** Group visits whose last seat was a hold that has expired. */
export const idsOfEmpty = (groups: readonly GroupVisit[]): string[] =>
  groups.filter(({ seatsTaken }) => seatsTaken === 0).map(({ id }) => id);

/** The starts (epoch milliseconds) at which a group visit of the service still has seats, with how many. */
export const openStartsOf = (
  groups: readonly GroupVisit[],
  { doctorId, serviceId, capacity }: Shared,
): ReadonlyMap<number, number> =>
  new Map(
    groups
      .filter((group) => group.doctorId === doctorId && group.serviceId === serviceId)
      .filter(({ seatsTaken }) => seatsTaken > 0 && seatsTaken < capacity)
      .map(({ startsAt, seatsTaken }) => [startsAt.getTime(), capacity - seatsTaken]),
  );
