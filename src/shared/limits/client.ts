const HEXTETS = 8;
/** Of a network: whoever has one IPv6 address has at least these 64 bits of them (RFC 6177, section 2). */
const NETWORK_HEXTETS = 4;

const hextetsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));

const expand = (address: string): string[] => {
  const [start = '', end] = address.split('::');
  const [before, after] = [hextetsOf(start), hextetsOf(end ?? '')];
  return [
    ...before,
    ...Array<string>(Math.max(HEXTETS - before.length - after.length, 0)).fill('0'),
    ...after,
  ];
};

/** What requests from `address` are counted under: an IPv4 address itself, of an IPv6 address its /64 network. */
export const clientOf = (address: string): string => {
  if (!address.includes(':')) return address;
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const network = expand(address.split('%', 1)[0] ?? '').slice(0, NETWORK_HEXTETS);
  return `${network.map((hextet) => Number.parseInt(hextet, 16).toString(16)).join(':')}::/64`;
};
