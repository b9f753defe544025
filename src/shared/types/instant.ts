import { z } from 'zod';

/** DATETIME holds no other years, and an offset may lead out of them. */
const [EARLIEST, LATEST] = [new Date('1900-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')];

/** An RFC 3339 instant on the wire (any offset is read, UTC is sent), a `Date` inside. Without an offset it is refused. */
export const Instant = z
  .codec(
    z.iso.datetime({ offset: true, abort: true, error: 'must be an RFC 3339 instant with an offset' }),
    z.date(),
    {
      decode: (text) => new Date(text),
      encode: (date) => date.toISOString(),
    },
  )
  .refine((date) => date >= EARLIEST && date <= LATEST, 'must lie in the years 1900 to 9999')
  .meta({ example: '2027-03-22T08:00:00.000Z' });

const MINUTES_PER_DAY = 1_440;
const MINUTE_MS = 60_000;
const MOST_DAYS = 10_000;
const dates = new Map<number, string>();
const minutes = Array.from({ length: MINUTES_PER_DAY }, (_, minute) =>
  new Date(minute * MINUTE_MS).toISOString().slice(10),
);

const dateText = (day: number): string => {
  const known = dates.get(day);
  if (known !== undefined) return known;
  if (dates.size >= MOST_DAYS) dates.clear();
  const text = new Date(day * MINUTES_PER_DAY * MINUTE_MS).toISOString().slice(0, 10);
  dates.set(day, text);
  return text;
};

/** What {@link Instant} encodes to; nothing where it would refuse. Whole minutes are put together from known parts. */
export const instantText = (date: Date): string | undefined => {
  if (!(date >= EARLIEST && date <= LATEST)) return undefined;
  const minute = date.getTime() / MINUTE_MS;
  if (!Number.isInteger(minute)) return date.toISOString();
  const day = Math.floor(minute / MINUTES_PER_DAY);
  return dateText(day) + (minutes[minute - day * MINUTES_PER_DAY] ?? '');
};
