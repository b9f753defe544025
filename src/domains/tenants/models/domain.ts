import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** RFC 1035, section 2.3.4, less the label that is put in front. */
const MAX_HOSTNAME_CHARACTERS = 230;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** What would make it an address, a pattern or a path, and not a name. */
const NO_NAME = /[\s/:@?#%\\[\]*]/;

/** The name as DNS knows it: lower case, punycode (RFC 5891), without the dot at the end; nothing for what is no name. */
export const hostnameOf = (text: string): string | undefined => {
  const plain = text.trim().replace(/\.$/, '');
  if (NO_NAME.test(plain)) return undefined;
  const hostname = domainToASCII(plain);
  const labels = hostname.split('.');
  const isName =
    labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return isName && hostname.length <= MAX_HOSTNAME_CHARACTERS ? hostname : undefined;
};

/** A custom hostname of a clinic; nobody's until a record in its DNS proves that its owner means this clinic. */
export const Domain = z
  .object({
    id: Id,
    hostname: z.string().meta({ format: 'hostname', example: 'booking.example.org' }),
    verification: z
      .object({
        recordName: z.string().meta({ example: '_doctor-appointment.booking.example.org' }),
        recordValue: z.string().meta({ example: 'doctor-appointment=4mYk2oVb0pQyJ6sT1dXwZg' }),
      })
      .meta({ description: 'The TXT record to publish' }),
    verifiedAt: Instant.nullable(),
    version: z.int(),
    createdAt: Instant,
  })
  .meta({ id: 'Domain' });
export type Domain = z.output<typeof Domain>;

const RECORD_LABEL = '_doctor-appointment';
export const recordNameOf = (hostname: string): string => `${RECORD_LABEL}.${hostname}`;
export const recordValueOf = (random: Buffer): string => `doctor-appointment=${random.toString('base64url')}`;
