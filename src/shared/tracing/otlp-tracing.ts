import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';
import { AppError } from '../utils/errors.ts';
import type { Logger } from '../utils/logger.ts';
import { createExporter } from './exporter.ts';
import { samplerOf } from './sampler.ts';
import { currentSpan, inSpan, outsideSpans, type Span, type SpanStart } from './span.ts';
import type { Tracing } from './tracing.ts';

type Settings = Config['tracing'] & { readonly url: string };

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
/** Long enough for a collector that is there; one that is not must not hold up a stop. */
const FLUSH_WITHIN_MS = 2_000;
const HEADER = 'traceparent';

const propagator = new W3CTraceContextPropagator();

const contextOf = (traceparent: string | null | undefined): Context =>
  traceparent
    ? propagator.extract(ROOT_CONTEXT, { [HEADER]: traceparent }, defaultTextMapGetter)
    : ROOT_CONTEXT;

const traceparentOf = (context: Context): string => {
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier[HEADER] ?? '';
};

/** The code of a problem or of the database, else the class: the message may tell of a person. */
const kindOf = (error: unknown): string => {
  if (error instanceof AppError) return error.problem.code;
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
};

const wrap = (span: OtelSpan, context: Context): Span => {
  const { traceId, spanId } = span.spanContext();
  let isEnded = false;
  const self: Span = {
    traceId,
    spanId,
    traceparent: traceparentOf(context),
    context,
    isEnded: () => isEnded,
    run: (work) => inSpan(self, work),
    end: ({ name, attributes, error } = {}) => {
      isEnded = true;
      if (name !== undefined) span.updateName(name);
      if (attributes) span.setAttributes(attributes);
      if (error !== undefined) {
        span.setAttribute('error.type', kindOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
  return self;
};

/** Sends spans to a collector by OTLP over HTTP. What waits is bounded: beyond that spans are dropped, and nobody waits for any. */
export const createOtlpTracing = (
  settings: Settings,
  { version, logger }: { readonly version: string; readonly logger: Logger },
): Tracing => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': settings.serviceName,
      'service.version': version,
      'process.pid': process.pid,
      ...settings.resourceAttributes,
    }),
    sampler: samplerOf(settings.sampler),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: createExporter(settings, logger), ...settings.queue }),
    ],
  });
  const tracer = provider.getTracer('doctor-appointment-saas', version);

  const start = ({ name, kind, attributes = {} }: SpanStart, parent: Context): Span => {
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent);
    return wrap(span, trace.setSpan(parent, span));
  };

  return {
    isOn: true,
    // What outlives its span, as a timer that it has set, is no part of it.
    begin: (part) => {
      const parent = currentSpan();
      return parent && !parent.isEnded() ? start(part, parent.context) : undefined;
    },
    follow: (traceparent, part) => start(part, contextOf(traceparent)),
    traceparent: () => currentSpan()?.traceparent,
    stop: () =>
      outsideSpans(() =>
        Promise.race([
          provider.shutdown().catch(() => undefined),
          sleep(FLUSH_WITHIN_MS, undefined, { ref: false }),
        ]),
      ),
  };
};
