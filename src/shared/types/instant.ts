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
