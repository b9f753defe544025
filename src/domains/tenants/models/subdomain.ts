import { z } from 'zod';

/** Names under APP_DOMAIN that belong to the installation. */
const RESERVED = new Set(
  'account admin api app assets auth billing blog cdn dashboard docs ftp health help imap internal localhost login mail metrics ns1 ns2 platform pop root smtp static status support system webmail ws www'.split(
    ' ',
  ),
);

/** Whether `label` names a part of the installation, so that no clinic can have it. */
export const isReservedSubdomain = (label: string): boolean => RESERVED.has(label);

/** One DNS label (RFC 1035, section 2.3.1). Not an encoded one (`xn--`, RFC 5890), which can look like another. */
export const isSubdomain = (label: string): boolean =>
  /^(?!..--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(label);

/** A name that a Host field may give (RFC 1123, section 2.1), in lower case. */
export const isHostname = (text: string): boolean => /^[a-z0-9][a-z0-9.-]{0,252}$/.test(text);

/** The name of a clinic under APP_DOMAIN. */
export const Subdomain = z
  .string()
  .refine(isSubdomain, 'must have 3 to 63 lower-case letters, digits or inner hyphens')
  .refine((label) => !isReservedSubdomain(label), 'is reserved')
  .meta({ example: 'sunrise-clinic' });
