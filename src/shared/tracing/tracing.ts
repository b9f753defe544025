import type { Span, SpanStart } from './span.ts';

/** Tells a collector what happens, as traces. */
export type Tracing = {
  readonly isOn: boolean;
  /** A part of the span under way; nothing where none is. */
  begin(start: SpanStart): Span | undefined;
  /** What follows from a span that may be elsewhere. Without one, and from text that names none, it begins a trace. */
  follow(traceparent: string | null | undefined, start: SpanStart): Span | undefined;
  /** Names the span under way, for what is to follow from it. */
  traceparent(): string | undefined;
  /** Sends what waits, as far as the collector takes it soon. */
  stop(): Promise<void>;
};

const nothing = (): undefined => undefined;

export const untraced: Tracing = {
  isOn: false,
  begin: nothing,
  follow: nothing,
  traceparent: nothing,
  stop: () => Promise.resolve(),
};
