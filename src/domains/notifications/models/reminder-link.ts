import { createHmac, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 16;
const MAC_BYTES = 16;

const bytesOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const idOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export type ReminderName = { readonly tenantId: string; readonly reminderId: string };

/**
 * The secret in the address of a reminder's pages: the reminder's name, and a message authentication code (RFC 2104) by which nobody
 * else can make one. It stands in no table; what was answered by it does, which is what makes it good for once.
 */
export const createReminderLinks = (secret: string) => {
  const macOf = (name: Buffer): Buffer =>
    createHmac('sha256', secret).update('reminder-link:').update(name).digest().subarray(0, MAC_BYTES);
  return {
    tokenOf: ({ tenantId, reminderId }: ReminderName): string => {
      const name = Buffer.concat([bytesOf(tenantId), bytesOf(reminderId)]);
      return Buffer.concat([name, macOf(name)]).toString('base64url');
    },
    /** Nothing for a token that was not made here. */
    read: (token: string): ReminderName | undefined => {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== 2 * ID_BYTES + MAC_BYTES) return undefined;
      const name = bytes.subarray(0, 2 * ID_BYTES);
      if (!timingSafeEqual(macOf(name), bytes.subarray(2 * ID_BYTES))) return undefined;
      return { tenantId: idOf(name.subarray(0, ID_BYTES)), reminderId: idOf(name.subarray(ID_BYTES)) };
    },
  };
};
export type ReminderLinks = ReturnType<typeof createReminderLinks>;
