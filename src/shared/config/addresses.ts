import { isIPv6 } from 'node:net';
import { z } from 'zod';

/** Where a server listens. */
export type Address = { readonly host: string; readonly port: number };
/** An address whose port may be the usual one, which is not known here. */
export type NamedHost = { readonly host: string; readonly port?: number };

const HOST = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^\s:[\]/]+))(?::(?<port>\d{1,5}))?$/;
const PROBLEM = 'must be hosts separated by commas, such as db1.example,db2.example:3307';

const parse = (item: string): NamedHost | undefined => {
  if (isIPv6(item)) return { host: item };
  const { v6, host = v6, port } = HOST.exec(item)?.groups ?? {};
  if (host === undefined || (v6 !== undefined && !isIPv6(v6))) return undefined;
  if (port === undefined) return { host };
  return Number(port) >= 1 && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
};

/** One host or several, in the order in which they are preferred; IPv6 with a port in brackets. */
export const namedHosts = z.string().transform((given, ctx): [NamedHost, ...NamedHost[]] => {
  const [first, ...others] = given.split(',').map((item) => parse(item.trim()));
  if (first !== undefined && others.every((each) => each !== undefined)) return [first, ...others];
  ctx.addIssue({ code: 'custom', message: PROBLEM });
  return z.NEVER;
});

export const withPort =
  (usual: number) =>
  ({ host, port = usual }: NamedHost): Address => ({ host, port });

/** As it is written in a message. */
export const textOf = ({ host, port }: Address): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
