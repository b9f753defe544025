/** One way a request can fail on purpose. `advice` tells the caller what to do; it stands on the page `/problems/<code>`. */
export type Problem = {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly advice: string;
};
export type FieldError = { readonly pointer: string; readonly detail: string };

/** A domain's ways to fail, keyed by their public `code`. */
export const problemCatalogue = <Code extends string>(entries: Record<Code, Omit<Problem, 'code'>>) =>
  Object.fromEntries(
    Object.entries<Omit<Problem, 'code'>>(entries).map(([code, entry]) => [code, { code, ...entry }]),
  ) as Readonly<Record<Code, Problem>>;

type AppErrorOptions = {
  /** Only ever reaches the log. */
  cause?: unknown;
  errors?: readonly FieldError[];
  /** Members added to the problem document (RFC 9457, section 3.2). */
  extensions?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
};

/** Ends a request with `problem`. `detail` is shown to the caller. */
export class AppError extends Error {
  readonly problem: Problem;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, detail?: string, options: AppErrorOptions = {}) {
    super(problem.title, { cause: options.cause });
    this.name = problem.code;
    this.problem = problem;
    this.detail = detail;
    this.errors = options.errors;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }
}

/** What any route may answer, whatever its domain. */
export const commonProblems = problemCatalogue({
  malformed_json: {
    status: 400,
    title: 'The body is not readable JSON',
    advice: 'Send one JSON object in UTF-8.',
  },
  tenant_required: {
    status: 400,
    title: 'The request names no tenant',
    advice: 'Send X-Tenant-ID or X-Tenant-Subdomain, or use the address of the clinic.',
  },
  unauthenticated: {
    status: 401,
    title: 'The request carries no valid access token',
    advice: 'Log in and send the access token as a Bearer token.',
  },
  token_expired: {
    status: 401,
    title: 'The access token has expired',
    advice: 'Use the refresh token to get a new one.',
  },
  session_revoked: {
    status: 401,
    title: 'The session has ended',
    advice: 'Log in again.',
  },
  forbidden: {
    status: 403,
    title: 'The caller may not do this',
    advice: 'Ask an administrator of the clinic for the permission.',
  },
  email_not_verified: {
    status: 403,
    title: 'The account has to prove its email address first',
    advice: 'Open the link in the mail; POST /auth/verify-email/resend sends another one.',
  },
  mfa_setup_required: {
    status: 403,
    title: 'The clinic asks its staff for a second factor, and the account has none',
    advice: 'Set one up: POST /auth/mfa/totp, then POST /auth/mfa/totp/activate.',
  },
  tenant_mismatch: {
    status: 403,
    title: 'The request names two different tenants',
    advice: 'Send the token of the tenant that the address or the header names.',
  },
  tenant_suspended: {
    status: 403,
    title: 'The clinic is suspended',
    advice: 'Contact the operator of this installation.',
  },
  tenant_not_found: {
    status: 404,
    title: 'No such tenant',
    advice: 'Check the id, the subdomain or the address.',
  },
  route_not_found: {
    status: 404,
    title: 'No such route',
    advice: 'The routes are listed under /docs.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The route does not know this method',
    advice: 'The Allow header lists the methods that it knows.',
  },
  not_acceptable: {
    status: 406,
    title: 'The answer cannot be given in an accepted media type',
    advice: 'Accept application/json, or the media type that the documentation names for the route.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    advice: 'Send at most 1 MiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body has an unsupported media type',
    advice: 'Send application/json in UTF-8.',
  },
  version_conflict: {
    status: 412,
    title: 'The resource has changed since it was read',
    advice: 'Read it again, then repeat the change with its new ETag.',
  },
  validation_failed: {
    status: 422,
    title: 'The request is not valid',
    advice: 'Correct the fields listed in errors.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used for another request',
    advice: 'Use a new Idempotency-Key for each different request.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'A request with this idempotency key is still running',
    advice: 'Wait a moment, then send the same request again.',
  },
  idempotency_answer_lost: {
    status: 409,
    title: 'The request with this idempotency key was carried out, but its answer can no longer be read',
    advice: 'Read what it made; do not send it with a new key unless it is to be done twice.',
  },
  uri_too_long: {
    status: 414,
    title: 'The address of the request is too long',
    advice: 'Send at most 8192 characters, with fewer or shorter parameters.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    advice: 'Wait for the time in Retry-After. The header RateLimit says what is left.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    advice: 'Try again; if it persists, tell the operator the requestId.',
  },
  unavailable: {
    status: 503,
    title: 'A part that this request needs is not available',
    advice: 'Try again after the time in Retry-After.',
  },
});

/** 422 for one field; `pointer` is a JSON pointer into the body, or `/query/…`, `/path/…`. */
export const invalid = (pointer: string, detail: string): AppError =>
  new AppError(commonProblems.validation_failed, undefined, { errors: [{ pointer, detail }] });
