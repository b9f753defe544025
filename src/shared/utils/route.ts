import type { z } from 'zod';
import type { Permission } from '../config/permissions.ts';
import type { RateClass } from '../config/rate-limits.ts';
import type { Ctx, RequestCtx, TenantCtx } from '../types/context.ts';
import type { Encoded } from '../types/encoded.ts';
import type { IncomingFile, TextStream } from '../types/file.ts';
import type { Problem } from './errors.ts';

/**
/**
 * Who may call: anyone; anyone who names a tenant; these, and by naming none the operators of the installation; anyone
 * logged in, also with an account that is not set up; these and API keys; anyone logged in whose account is set up; or
 * whoever holds the permission.
 */
export type Access = WithoutToken | 'account' | 'caller' | 'user' | Permission;
type WithoutToken = 'open' | 'tenant' | 'tenant-or-platform';

/** Whether only those who are logged in may call. */
export const needsToken = ({ access }: Pick<Route, 'access'>): boolean =>
  access !== 'open' && access !== 'tenant' && access !== 'tenant-or-platform';

/** Whether a caller has to have proved the address and set up the second factor that the clinic asks for. */
export const asksForSetUp = (access: Access): access is 'user' | Permission =>
  needsToken({ access }) && access !== 'account' && access !== 'caller';

/** The permission that a route asks for, if it asks for one. */
export const permissionOf = ({ access }: Pick<Route, 'access'>): Permission | undefined =>
  asksForSetUp(access) && access !== 'user' ? access : undefined;

type CtxOf<A extends Access> = A extends 'open' ? RequestCtx : A extends WithoutToken ? TenantCtx : Ctx;

type Schema = z.ZodType | undefined;
type Out<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

type Answer<S extends Schema> = S extends z.ZodType
  ? Promise<z.output<S> | Encoded<z.output<S>>>
  : Promise<void>;

/** What a handler gets beside its context: everything parsed, the version that `If-Match` demands, a file where one is sent. */
export type Input<P extends Schema, Q extends Schema, B extends Schema, U extends boolean = false> = {
  readonly params: Out<P>;
  readonly query: Out<Q>;
  readonly body: Out<B>;
  readonly ifMatch: number | undefined;
  readonly file: U extends true ? IncomingFile : undefined;
};

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type RouteDefinition<
  A extends Access,
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema,
  U extends boolean,
> = {
  readonly method: Method;
  /** Relative to the group, in Express's spelling: `/:id`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** How large a body of JSON may be; without it, 1 MiB. */
  readonly bodyMiB?: number;
  /** Whether the body is `multipart/form-data` with one file, in place of JSON. */
  readonly upload?: U;
  /** One schema encodes the answer and documents it; `FileBytes` for one that is a file. */
  readonly response: readonly [status: number, body?: R];
  /** The media types of an answer that is not JSON: of a file, or of what `response` encodes to text, sent as it is. */
  readonly mediaType?: `text/${string}` | readonly string[];
  /** The same in other media types, for whoever asks for one with `Accept`: text that is sent while it is made. */
  readonly streams?: Readonly<
    Record<string, (ctx: CtxOf<A>, input: Input<P, Q, B, U>) => Promise<TextStream>>
  >;
  /** Which rate limits count this route; without it, as {@link rateClassOf} says. */
  readonly rateClass?: RateClass;
  /** `Cache-Control` of the answer; without it, nobody keeps one. */
  readonly cacheControl?: string;
  /** What this route may answer beside the problems common to all. */
  readonly problems?: readonly Problem[];
  readonly handle: (ctx: CtxOf<A>, input: Input<P, Q, B, U>) => Answer<R>;
};

/** A route whose types have been checked and may be forgotten. */
export type Route = Omit<
  RouteDefinition<'open', Schema, Schema, Schema, Schema, boolean>,
  'access' | 'handle' | 'streams'
> & {
  readonly access: Access;
  readonly handle: (ctx: never, input: never) => Promise<unknown>;
  readonly streams?: Readonly<Record<string, (ctx: never, input: never) => Promise<TextStream>>>;
};

export const route = <
  A extends Access,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  R extends Schema = undefined,
  U extends boolean = false,
>(
  definition: RouteDefinition<A, P, Q, B, R, U>,
): Route => definition;

/** Routes under one prefix of `/api/v1`; `tag` is their chapter in the documentation. */
export type RouteGroup = {
  readonly tag: string;
  readonly base: `/${string}`;
  readonly routes: readonly Route[];
};

/** What an answer of this route may be written in; the first is for whoever takes any. */
export const mediaTypesOf = (definition: Route): readonly string[] => {
  const { mediaType, streams = {} } = definition;
  const own = typeof mediaType === 'object' ? mediaType : [mediaType ?? 'application/json'];
  return [...own, ...Object.keys(streams)];
};

/** Where nothing else is said, `auth` holds for whatever a stranger sends: it is the strictest. */
export const rateClassOf = (definition: Route): RateClass => {
  const { rateClass, method } = definition;
  if (rateClass !== undefined) return rateClass;
  if (method === 'get') return 'read';
  return needsToken(definition) ? 'write' : 'auth';
};

/** Whether few requests of this route keep a process and its connections busy. */
export const isCostly = (definition: Route): boolean =>
  ['search', 'export'].includes(rateClassOf(definition));

/** Whether a repetition of this route with the same `Idempotency-Key` gets the first answer again. */
export const isCreating = (definition: Route): boolean =>
  definition.method === 'post' && definition.response[0] === 201;
