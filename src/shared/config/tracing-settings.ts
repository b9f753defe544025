import { z } from 'zod';
import { flag, milliseconds, pairs, ratio, text, wholeNumber } from './variables.ts';

/** Set to nothing is not set, as the specification has it: so a compose file can hand it on. */
const address = z.union([z.literal('').transform(() => undefined), z.url({ protocol: /^https?$/ })], {
  error: 'must be an http or https address',
});

/** Where traces go, as the specification of OpenTelemetry names it. */
export const tracingVariables = {
  /** The collector; `/v1/traces` is put behind it. Without an address nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  /** The whole address, in place of the one above. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'], { error: 'must be http/protobuf or http/json' })
    .default('http/protobuf'),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.default({}),
  OTEL_EXPORTER_OTLP_TIMEOUT: milliseconds(1).default(10_000),
  OTEL_SDK_DISABLED: flag.default(false),
  OTEL_SERVICE_NAME: text.default('doctor-appointment-saas'),
  OTEL_RESOURCE_ATTRIBUTES: pairs.default({}),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: ratio.default(1),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds(1).default(5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(512, 1_000_000).default(2_048),
};
type Variables = z.output<z.ZodObject<typeof tracingVariables>>;

const urlOf = (env: Variables): string | undefined => {
  if (env.OTEL_SDK_DISABLED) return undefined;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '');
  return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? undefined : `${base}/v1/traces`);
};

export const tracingOf = (env: Variables) => ({
  /** Nothing is traced without it. */
  url: urlOf(env),
  protocol: env.OTEL_EXPORTER_OTLP_PROTOCOL,
  headers: env.OTEL_EXPORTER_OTLP_HEADERS,
  timeoutMs: env.OTEL_EXPORTER_OTLP_TIMEOUT,
  serviceName: env.OTEL_SERVICE_NAME,
  resourceAttributes: env.OTEL_RESOURCE_ATTRIBUTES,
  sampler: { name: env.OTEL_TRACES_SAMPLER, ratio: env.OTEL_TRACES_SAMPLER_ARG },
  queue: { scheduledDelayMillis: env.OTEL_BSP_SCHEDULE_DELAY, maxQueueSize: env.OTEL_BSP_MAX_QUEUE_SIZE },
});
