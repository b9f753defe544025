import type { z } from 'zod';
import type { Permission } from '../config/permissions.ts';
import type { RateClass } from '../config/rate-limits.ts';
import type { Ctx, RequestCtx, TenantCtx } from '../types/context.ts';
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

type Answer<S extends Schema> = S extends z.ZodType ? Promise<z.output<S>> : Promise<void>;

/** What a handler gets beside its context: everything parsed, and the version that `If-Match` demands. */
export type Input<P extends Schema, Q extends Schema, B extends Schema> = {
  readonly params: Out<P>;
  readonly query: Out<Q>;
  readonly body: Out<B>;
  readonly ifMatch: number | undefined;
};

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type RouteDefinition<
  A extends Access,
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema,
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
  /** One schema encodes the answer and documents it. */
  readonly response: readonly [status: number, body?: R];
  /** The media type of the answer, if it is not JSON: then `response` encodes to text, which is sent as it is. */
  readonly mediaType?: `text/${string}`;
  /** Which rate limits count this route; without it, as {@link rateClassOf} says. */
  readonly rateClass?: RateClass;
  /** `Cache-Control` of the answer; without it, nobody keeps one. */
  readonly cacheControl?: string;
  /** What this route may answer beside the problems common to all. */
  readonly problems?: readonly Problem[];
  readonly handle: (ctx: CtxOf<A>, input: Input<P, Q, B>) => Answer<R>;
};

/** A route whose types have been checked and may be forgotten. */
export type Route = Omit<RouteDefinition<'open', Schema, Schema, Schema, Schema>, 'access' | 'handle'> & {
  readonly access: Access;
  readonly handle: (ctx: never, input: never) => Promise<unknown>;
};

export const route = <
  A extends Access,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  R extends Schema = undefined,
>(
  definition: RouteDefinition<A, P, Q, B, R>,
): Route => definition;

/** Routes under one prefix of `/api/v1`; `tag` is their chapter in the documentation. */
export type RouteGroup = {
  readonly tag: string;
  readonly base: `/${string}`;
  readonly routes: readonly Route[];
};

/** What an answer of this route is written in. */
export const mediaTypeOf = ({ mediaType }: Route): string => mediaType ?? 'application/json';

/** Where nothing else is said, `auth` holds for whatever a stranger sends: it is the strictest. */
export const rateClassOf = ({ rateClass, method, access }: Route): RateClass => {
  if (rateClass !== undefined) return rateClass;
  if (method === 'get') return 'read';
  return access === 'open' || access === 'tenant' ? 'auth' : 'write';
};

/** Whether few requests of this route keep a process and its connections busy. */
export const isCostly = (definition: Route): boolean =>
  ['search', 'export'].includes(rateClassOf(definition));

/** Whether a repetition of this route with the same `Idempotency-Key` gets the first answer again. */
export const isCreating = (definition: Route): boolean =>
  definition.method === 'post' && definition.response[0] === 201;
