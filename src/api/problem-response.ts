import type { ErrorRequestHandler, Request, Response } from 'express';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import type { TenantCtx } from '../shared/types/context.ts';
import type { Logger } from '../shared/utils/logger.ts';

/** What Express and its body parser throw, by the `type` or status they give it. */
const fromFramework = (error: unknown): AppError | undefined => {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const options = { cause: error };
  switch ('type' in error ? error.type : undefined) {
    case 'entity.parse.failed':
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError(commonProblems.malformed_json, undefined, options);
    case 'entity.too.large':
      return new AppError(commonProblems.body_too_large, undefined, options);
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new AppError(commonProblems.unsupported_media_type, undefined, options);
    default:
      if (error.status !== 400) return undefined;
      // A path whose percent-encoding cannot be read names no route; else it is the body that cannot be unpacked.
      return error instanceof URIError
        ? new AppError(commonProblems.route_not_found, undefined, options)
        : new AppError(commonProblems.malformed_json, undefined, options);
  }
};

export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  return fromFramework(error) ?? new AppError(commonProblems.internal_error, undefined, { cause: error });
};

/** The problem document of RFC 9457 for `error`. */
export const problemDocument = (
  { problem, detail, errors, extensions }: AppError,
  req: Request,
  requestId: string,
) => ({
  type: `/problems/${problem.code}`,
  title: problem.title,
  status: problem.status,
  detail: detail ?? problem.advice,
  instance: req.originalUrl.split('?')[0],
  code: problem.code,
  requestId,
  ...(errors && { errors }),
  ...extensions,
});

export const sendProblem = (req: Request, res: Response, error: AppError): void => {
  res.set(error.headers);
  if (error.problem.status === 401) res.set('WWW-Authenticate', 'Bearer');
  res.status(error.problem.status).type('application/problem+json');
  res.end(JSON.stringify(problemDocument(error, req, res.locals['requestId'] as string)));
};

/** The last middleware: every failure becomes a problem document, and our own faults are logged with their cause. */
export const renderProblems =
  (loggerOf: (tenantId: string | undefined) => Logger): ErrorRequestHandler =>
  (thrown, req, res, next) => {
    const error = toAppError(thrown);
    const { requestId, ctx } = res.locals as { requestId: string; ctx?: Partial<TenantCtx> };
    const logger = loggerOf(ctx?.tenantId);
    if (error.problem.status >= 500) {
      logger.error({ err: error.cause ?? error, requestId }, error.problem.title);
    } else {
      const fields = error.errors?.map(({ pointer }) => pointer);
      logger.debug({ tenantId: ctx?.tenantId, requestId, code: error.problem.code, fields }, 'refused');
    }
    if (res.headersSent) next(thrown);
    else sendProblem(req, res, error);
  };
