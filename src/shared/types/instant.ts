import { z } from 'zod';

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
  .meta({ example: '2027-03-22T08:00:00.000Z' });
