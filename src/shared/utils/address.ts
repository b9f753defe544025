const IPV4_AS_IPV6 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** An IP address as people write it: a server that listens on IPv6 sees IPv4 clients as `::ffff:192.0.2.7` (RFC 4291). */
export const plainAddress = (ip: string | undefined): string => (ip ?? '').replace(IPV4_AS_IPV6, '');
