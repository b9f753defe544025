import { describe, expect, test } from '@jest/globals';
import { type Candidate, type Displaced, distribute, ranked } from '../proposals.ts';

/** Times are minutes; the lost time is 100. */
const visit = (id: string, rest: Partial<Displaced> = {}): Displaced => ({
  id,
  doctorId: 'own',
  serviceId: 'check-up',
  patientId: `patient of ${id}`,
  startsAt: 100,
  ...rest,
});
const candidate = (doctorId: string, startsAt: number, rest: Partial<Candidate> = {}): Candidate => ({
  doctorId,
  startsAt,
  endsAt: startsAt + 30,
  locationId: null,
  doctorTime: { start: startsAt, end: startsAt + 30 },
  seats: 1,
  roomId: null,
  ...rest,
});
const namesOf = (candidates: readonly Candidate[] = []): string[] =>
  candidates.map(({ doctorId, startsAt }) => `${doctorId} ${startsAt}`);

const proposalsOf = (
  visits: readonly Displaced[],
  candidates: readonly Candidate[],
  limit = 3,
): string[][] => {
  const all = new Map(visits.map((each) => [each.id, ranked(each, candidates)]));
  const found = distribute(visits, all, limit);
  return visits.map(({ id }) => namesOf(found.get(id)));
};

describe('ranked', () => {
  test('is the nearest first; of two as near, the same doctor, then the earlier', () => {
    const given = [
      candidate('other', 150),
      candidate('other', 90),
      candidate('own', 110),
      candidate('other', 110),
    ];
    expect(namesOf(ranked(visit('a'), given))).toEqual(['own 110', 'other 90', 'other 110', 'other 150']);
  });

  test('leaves out the same doctor at the lost time or before', () => {
    const given = [candidate('own', 70), candidate('own', 100), candidate('other', 70)];
    expect(namesOf(ranked(visit('a'), given))).toEqual(['other 70']);
  });
});

describe('distribute', () => {
  test('gives each visit a first proposal of its own, and nobody the first of another', () => {
    const given = [candidate('x', 100), candidate('x', 130), candidate('x', 160)];
    expect(proposalsOf([visit('a'), visit('b')], given)).toEqual([
      ['x 100', 'x 160'],
      ['x 130', 'x 160'],
    ]);
  });

  test('keeps the buffers between first proposals', () => {
    const buffered = (startsAt: number) =>
      candidate('x', startsAt, { doctorTime: { start: startsAt - 10, end: startsAt + 40 } });
    const given = [buffered(100), buffered(130), buffered(160)];
    expect(proposalsOf([visit('a'), visit('b')], given, 1)).toEqual([['x 100'], ['x 160']]);
  });

  test('gives a shared start to as many as it has seats', () => {
    const given = [candidate('x', 100, { seats: 2 }), candidate('x', 130, { seats: 2 })];
    expect(proposalsOf([visit('a'), visit('b'), visit('c')], given, 1)).toEqual([
      ['x 100'],
      ['x 100'],
      ['x 130'],
    ]);
  });

  test('does not send one patient to two places, nor two visits into one room, at once', () => {
    const [x, y] = [candidate('x', 100), candidate('y', 110)];
    const ofOnePatient = [visit('a', { patientId: 'same' }), visit('b', { patientId: 'same' })];
    expect(proposalsOf(ofOnePatient, [x, y], 1)).toEqual([['x 100'], []]);
    const inRoom = [x, y].map((each) => ({ ...each, roomId: 'room' }));
    expect(proposalsOf([visit('a'), visit('b')], inRoom, 1)).toEqual([['x 100'], []]);
    expect(proposalsOf([visit('a'), visit('b')], [x, y], 1)).toEqual([['x 100'], ['y 110']]);
  });

  test('has both the same doctor and another among three, where both can be had', () => {
    const near = [100, 130, 160, 190].map((start) => candidate('x', start));
    const late = [5_000, 6_000].map((start) => candidate('own', start));
    expect(proposalsOf([visit('a')], [...late, ...near])).toEqual([['x 100', 'x 130', 'own 5000']]);
    expect(proposalsOf([visit('a')], near)).toEqual([['x 100', 'x 130', 'x 160']]);
  });

  test('has nothing for whom nothing is free', () => {
    expect(proposalsOf([visit('a')], [])).toEqual([[]]);
  });
});
