import { z } from 'zod';
import { currentSpan, during } from '../tracing/span.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { newId } from '../types/id.ts';
import { AppError, commonProblems, type Problem } from '../utils/errors.ts';
import { type Answers, pathOf, type Port, type Question, type StreamAnswers } from './port.ts';
import type { ServiceTokens } from './service-token.ts';

/** How another service is reached. */
export type Asking = {
  readonly url: string;
  readonly tokens: ServiceTokens;
  readonly tracing?: Pick<Tracing, 'begin'>;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 5_000;

const ProblemDocument = z.object({
  code: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

const known: Readonly<Record<string, Problem>> = commonProblems;
const problemOf = ({ code, title, status, detail }: z.output<typeof ProblemDocument>): Problem =>
  known[code] ?? { code, title, status, advice: detail ?? title };

const unavailable = (cause: unknown): AppError =>
  new AppError(commonProblems.unavailable, undefined, { cause, headers: { 'Retry-After': '1' } });

/** What the other service refused is refused here; what it could not do is a part that is not there. */
const refusalOf = async (response: Response): Promise<AppError> => {
  const text = await response.text();
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json') ?? false;
  const said = isProblem ? ProblemDocument.safeParse(JSON.parse(text)).data : undefined;
  const isOurs = said !== undefined && response.status < 500 && response.headers.get('X-Port') !== null;
  if (!isOurs)
    return unavailable(new Error(`${response.url} answered ${response.status}: ${text.slice(0, 300)}`));
  return new AppError(problemOf(said), said.detail, said.errors && { errors: said.errors });
};

/** Under which request the question is asked, where it says so. */
const requestIdOf = (input: unknown): string => {
  const ctx = (input as { ctx?: { requestId?: unknown } } | null)?.ctx;
  return typeof ctx?.requestId === 'string' ? ctx.requestId : newId();
};

const spanOf = ({ tracing }: Asking, { service }: Port, name: string) =>
  tracing?.begin({ name: `ask ${service} ${name}`, kind: 'client' });

const post = async (
  { url, tokens, timeoutMs = TIMEOUT_MS }: Asking,
  port: Port,
  { name, body, requestId }: { name: string; body: string; requestId: string },
): Promise<Response> => {
  const traceparent = currentSpan()?.traceparent;
  const response = await fetch(`${url}${pathOf(port.service, name)}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await tokens.tokenFor(port.service)}`,
      'Content-Type': 'application/json',
      'X-Request-ID': requestId,
      ...(traceparent !== undefined && { traceparent }),
    },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
};

/** A connection that was kept open may end just when it is used: what may be asked twice is asked once more then. */
const postWithSecondTry = async (
  asking: Asking,
  port: Port,
  { repeatable, ...asked }: { name: string; body: string; requestId: string; repeatable: boolean },
): Promise<Response> => {
  try {
    return await post(asking, port, asked);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const isOver = error instanceof DOMException;
    if (!repeatable || isOver) throw unavailable(error);
    return post(asking, port, asked).catch((again: unknown) => {
      throw again instanceof AppError ? again : unavailable(again);
    });
  }
};

const read = async (response: Response, output: z.ZodType): Promise<unknown> => {
  try {
    const { answer } = (await response.json()) as { answer?: unknown };
    return z.decode(output, answer);
  } catch (error) {
    throw unavailable(error);
  }
};

/** Functions that ask `port` where it is. 503 `unavailable` where nobody answers in time; other problems are those of the other side. */
export const askPort = <P extends Port>(port: P, asking: Asking): Answers<P> => {
  const ask = async (name: string, { input, output, repeatable }: Question, given: unknown) => {
    const body = JSON.stringify(z.encode(input, given));
    const asked = { name, body, requestId: requestIdOf(given), repeatable };
    return during(spanOf(asking, port, name), async () =>
      read(await postWithSecondTry(asking, port, asked), output),
    );
  };
  const functions = Object.entries(port.questions).map(([name, asked]) => [
    name,
    (given: unknown) => ask(name, asked, given),
  ]);
  return Object.fromEntries(functions) as Answers<P>;
};

/** How long the bytes of one answer may take, from the first to the last. */
const STREAM_TIMEOUT_MS = 10 * 60_000;

export const askStreams = <P extends Port>(port: P, asking: Asking): StreamAnswers<P> => {
  const ask = async (name: string, input: z.ZodType, given: unknown): Promise<AsyncIterable<Uint8Array>> => {
    const body = JSON.stringify(z.encode(input, given));
    const patient = { ...asking, timeoutMs: STREAM_TIMEOUT_MS };
    const asked = { name, body, requestId: requestIdOf(given), repeatable: true };
    const response = await during(spanOf(asking, port, name), () => postWithSecondTry(patient, port, asked));
    return response.body ?? emptyStream();
  };
  const functions = Object.entries(port.streams).map(([name, input]) => [
    name,
    (given: unknown) => ask(name, input, given),
  ]);
  return Object.fromEntries(functions) as StreamAnswers<P>;
};

async function* emptyStream(): AsyncGenerator<Uint8Array> {
  // Nothing to send.
}
