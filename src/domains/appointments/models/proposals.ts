import { type Interval, overlaps } from '../../../shared/time/interval.ts';

/** A time that a visit could be moved to. Instants are epoch milliseconds. */
export type Candidate = {
  readonly doctorId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly locationId: string | null;
  /** What it takes of the doctor's calendar, buffers included. */
  readonly doctorTime: Interval;
  /** How many patients can still have it. */
  readonly seats: number;
  /** The room that it needs; null: none. */
  readonly roomId: string | null;
};

/** A visit that has lost its time. */
export type Displaced = {
  readonly id: string;
  readonly doctorId: string;
  readonly serviceId: string;
  readonly patientId: string;
  readonly startsAt: number;
};

type Given = { readonly visit: Displaced; readonly candidate: Candidate };

/**
 * The candidates, best first: nearest to the lost time; of two as near, the one with the same doctor, then the earlier.
 * The same doctor comes into question later only.
 */
export const ranked = (visit: Displaced, candidates: readonly Candidate[]): Candidate[] => {
  const distance = ({ startsAt }: Candidate) => Math.abs(startsAt - visit.startsAt);
  const isOther = ({ doctorId }: Candidate) => Number(doctorId !== visit.doctorId);
  return candidates
    .filter((each) => isOther(each) === 1 || each.startsAt > visit.startsAt)
    .toSorted((a, b) => distance(a) - distance(b) || isOther(a) - isOther(b) || a.startsAt - b.startsAt);
};

/**
 * Up to `limit` proposals for each visit, by its id, from its ranked candidates. The first proposals go together: every
 * visit can take its own, and no other proposal takes what is the first of another visit. The visits choose in the order
 * given. Where the same doctor and another one are both to be had, both are among three.
 */
export const distribute = (
  visits: readonly Displaced[],
  candidatesOf: ReadonlyMap<string, readonly Candidate[]>,
  limit: number,
): Map<string, Candidate[]> => {
  const firsts: Given[] = [];
  for (const visit of visits) {
    const candidate = candidatesOf.get(visit.id)?.find((each) => goesWith(firsts, visit, each));
    if (candidate) firsts.push({ visit, candidate });
  }
  return new Map(
    visits.map((visit) => {
      const [first] = firsts.filter((given) => given.visit === visit).map(({ candidate }) => candidate);
      if (!first) return [visit.id, []];
      const others = firsts.filter((given) => given.visit !== visit);
      const left = (candidatesOf.get(visit.id) ?? []).filter((each) => each !== first);
      return [visit.id, choose(visit, first, { left, others, limit })];
    }),
  );
};

const choose = (
  visit: Displaced,
  first: Candidate,
  { left, others, limit }: { left: readonly Candidate[]; others: readonly Given[]; limit: number },
): Candidate[] => {
  const isSame = ({ doctorId }: Candidate) => doctorId === visit.doctorId;
  const fits = (each: Candidate) => goesWith(others, visit, each);
  const chosen = [first];
  for (const each of left) {
    if (chosen.length >= limit) break;
    if (fits(each)) chosen.push(each);
  }
  const isMixed = chosen.some((each) => isSame(each) !== isSame(first));
  if (chosen.length < limit || isMixed) return chosen;
  const otherKind = left.find((each) => isSame(each) !== isSame(first) && fits(each));
  return otherKind ? [...chosen.slice(0, -1), otherKind] : chosen;
};

/** Whether the visit can have the candidate while the others have what they were given. */
const goesWith = (others: readonly Given[], visit: Displaced, candidate: Candidate): boolean => {
  const sharing = others.filter((other) => isShared(other, visit, candidate)).length;
  if (sharing >= candidate.seats) return false;
  return others.every((other) => {
    const isPatients = other.visit.patientId === visit.patientId;
    if (isPatients && overlaps(timeOf(other.candidate), timeOf(candidate))) return false;
    if (isShared(other, visit, candidate)) return true;
    const isDoctors = other.candidate.doctorId === candidate.doctorId;
    if (isDoctors && overlaps(other.candidate.doctorTime, candidate.doctorTime)) return false;
    const isRooms = candidate.roomId !== null && other.candidate.roomId === candidate.roomId;
    return !(isRooms && overlaps(timeOf(other.candidate), timeOf(candidate)));
  });
};

/** Whether both are seats in one group visit, if it is one. */
const isShared = (other: Given, visit: Displaced, candidate: Candidate): boolean =>
  other.visit.serviceId === visit.serviceId &&
  other.candidate.doctorId === candidate.doctorId &&
  other.candidate.startsAt === candidate.startsAt;

const timeOf = ({ startsAt, endsAt }: Candidate): Interval => ({ start: startsAt, end: endsAt });
