import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Context } from '@opentelemetry/api';

/** What a span is about. Names and attributes come from the code, never from what people wrote. */
export type SpanStart = {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: Attributes;
};

export type SpanEnd = {
  readonly name?: string;
  readonly attributes?: Attributes;
  /** Why it failed. Only its kind is kept: messages of errors may hold values. */
  readonly error?: unknown;
};

/** A piece of work in a trace that spans processes. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  /** Names it for what goes on elsewhere, as W3C Trace Context has it. */
  readonly traceparent: string;
  readonly context: Context;
  isEnded(): boolean;
  /** Whatever `work` does, and what follows from it, belongs to the span. */
  run<T>(work: () => T): T;
  end(outcome?: SpanEnd): void;
};

const current = new AsyncLocalStorage<Span>();

/** The span under way, for logs and for spans below it: what a program means is never taken from here. */
export const currentSpan = (): Span | undefined => current.getStore();

export const inSpan = <T>(span: Span, work: () => T): T => current.run(span, work);

/** Runs what others may share, so that it does not belong to whoever happened to begin it. */
export const outsideSpans = <T>(work: () => T): T =>
  current.getStore() === undefined ? work() : current.exit(work);

/** What a line of the log says of the span under way. */
export const spanFields = (): { trace_id?: string; span_id?: string } => {
  const span = current.getStore();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
};

/** Does `work` in the span, where there is one, and ends it with what became of it. */
export const during = async <T>(span: Span | undefined, work: () => Promise<T>): Promise<T> => {
  if (!span) return work();
  try {
    const result = await span.run(work);
    span.end();
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
};
