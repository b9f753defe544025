import { ProviderError } from './provider.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_CHARACTERS = 10_000;

/** Failures that leave no doubt that the request never got there. */
const NEVER_THERE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export type HttpRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
};
export type HttpAnswer = {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
};

/** Posts once and follows no redirect. `ProviderError`: `later` where nobody was there, `unknown` where they were gone before they answered. */
export const postOnce = async ({ url, headers, body }: HttpRequest): Promise<HttpAnswer> => {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const text = (await response.text()).slice(0, MAX_ANSWER_CHARACTERS);
    const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
    return {
      status: response.status,
      text,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    };
  } catch (error) {
    const code = codeOf(error);
    const isUnreachable = NEVER_THERE.has(code);
    throw new ProviderError(
      isUnreachable ? 'later' : 'unknown',
      isUnreachable ? 'unreachable' : 'outcome_unknown',
      `The provider gave no answer (${code})`,
      { cause: error },
    );
  }
};

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const { cause, name } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : name;
};
