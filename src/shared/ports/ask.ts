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
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

const known: Readonly<Record<string, Problem>> = commonProblems;
const problemOf = ({ code, title, status, detail }: z.output<typeof ProblemDocument>): Problem =>
  known[code] ?? { code, title, status, advice: detail ?? title };

const unavailable = (cause: unknown): AppError =>
  new AppError(commonProblems.unavailable, undefined, { cause, headers: { 'Retry-After': '1' } });

/** What the other service refused is refused here; a fault of its own is one here; where it could not answer, a part is not there. */
const refusalOf = async (response: Response): Promise<Error> => {
  const text = await response.text().catch(() => '');
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json') ?? false;
  const said = isProblem && text !== '' ? ProblemDocument.safeParse(JSON.parse(text)).data : undefined;
  const isOurs = said !== undefined && response.headers.get('X-Port') !== null;
  // Trying it again would help nobody, and whoever waits for what is there must not wait for this.
  if (isOurs && said.code === commonProblems.internal_error.code)
    return new Error(`${response.url} failed; its log has the request ${said.requestId}`);
  if (!isOurs || response.status >= 500)
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
  return fetch(`${url}${pathOf(port.service, name)}`, {
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
};

/** A connection that was kept open may end just when it is used: what may be asked twice is asked once more then. */
const responseTo = async (
  asking: Asking,
  port: Port,
  { repeatable, ...asked }: { name: string; body: string; requestId: string; repeatable: boolean },
): Promise<Response> => {
  const response = await post(asking, port, asked).catch((error: unknown) => {
    const hasTakenTooLong = error instanceof DOMException;
    if (!repeatable || hasTakenTooLong) throw unavailable(error);
    return post(asking, port, asked).catch((again: unknown) => {
      throw unavailable(again);
    });
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
};

const read = async (response: Response, output: z.ZodType): Promise<unknown> => {
  const { answer } = await response.json().then(
    (body) => body as { answer?: unknown },
    (error: unknown) => {
      throw unavailable(error);
    },
  );
  return z.decode(output, answer);
};

/** Functions that ask `port` where it is. 503 `unavailable` where nobody answers in time; other problems are those of the other side. */
export const askPort = <P extends Port>(port: P, asking: Asking): Answers<P> => {
  const ask = async (name: string, { input, output, repeatable, timeoutMs }: Question, given: unknown) => {
    const body = JSON.stringify(z.encode(input, given));
    const asked = { name, body, requestId: requestIdOf(given), repeatable };
    const patient = timeoutMs === undefined ? asking : { ...asking, timeoutMs };
    return during(spanOf(asking, port, name), async () =>
      read(await responseTo(patient, port, asked), output),
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
    const response = await during(spanOf(asking, port, name), () => responseTo(patient, port, asked));
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
