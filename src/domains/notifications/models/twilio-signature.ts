import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether whoever called knows the account's token: HMAC-SHA1 over the address and then each field's name and value, sorted by name (Twilio,
 * "Validating Signatures from Twilio").
 */
export const isSignedBy = (
  authToken: string,
  { url, fields, signature }: { url: string; fields: Readonly<Record<string, string>>; signature: string },
): boolean => {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => `${text}${name}${fields[name] ?? ''}`, url);
  const [right, given] = [
    createHmac('sha1', authToken).update(signed).digest(),
    Buffer.from(signature, 'base64'),
  ];
  return right.length === given.length && timingSafeEqual(right, given);
};
