import { commonProblems, type Problem } from '../shared/utils/errors.ts';
import { asksForSetUp, isCreating, needsToken, type Route } from '../shared/utils/route.ts';

const c = commonProblems;

/** Everything that a route may answer instead of its success: its own problems, and those that follow from its shape. */
export const problemsOf = (definition: Route): Problem[] => {
  const { access, body, upload, problems = [] } = definition;
  const all = [
    ...(body ? [c.malformed_json, c.body_too_large, c.unsupported_media_type] : []),
    ...(upload ? [c.body_too_large, c.unsupported_media_type] : []),
    ...(access === 'tenant' || access === 'tenant-or-platform'
      ? [c.tenant_required, c.tenant_not_found]
      : []),
    ...(access === 'open' ? [] : [c.tenant_mismatch, c.tenant_suspended]),
    ...(needsToken(definition) ? [c.unauthenticated, c.token_expired, c.session_revoked] : []),
    ...(needsToken(definition) && access !== 'caller' ? [c.forbidden] : []),
    ...(asksForSetUp(access) ? [c.email_not_verified, c.mfa_setup_required] : []),
    ...(isCreating(definition)
      ? [c.idempotency_in_progress, c.idempotency_key_reused, c.idempotency_answer_lost]
      : []),
    c.not_acceptable,
    c.validation_failed,
    c.uri_too_long,
    c.rate_limited,
    c.internal_error,
    c.unavailable,
    ...problems,
  ];
  return [...new Map(all.map((problem) => [problem.code, problem])).values()];
};
