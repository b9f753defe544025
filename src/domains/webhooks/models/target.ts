import { isIP } from 'node:net';

export type TargetRules = {
  /** Whether `http:` is taken as well. */
  readonly plainHttp: boolean;
};

/** What is wrong with an address to which messages shall be sent; `undefined`: nothing that can be seen before connecting. */
export const faultOfTarget = (url: string, { plainHttp }: TargetRules): string | undefined => {
  if (!URL.canParse(url)) return 'must be an address such as https://example.org/hooks';
  const { protocol, username, password, hash } = new URL(url);
  if (protocol !== 'https:' && !(plainHttp && protocol === 'http:')) {
    return plainHttp ? 'must be an http or https address' : 'must be an https address';
  }
  if (username !== '' || password !== '') return 'must not hold a user name or a password';
  if (hash !== '') return 'must not have a fragment';
  return undefined;
};

/** The address that a URL names without a name to look up, if it does. */
export const literalAddressOf = (url: string): string | undefined => {
  const { hostname } = new URL(url);
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? undefined : address;
};
