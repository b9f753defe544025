import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';
import type { Logger } from '../utils/logger.ts';

type Settings = Pick<Config['tracing'], 'protocol' | 'headers' | 'timeoutMs'> & { readonly url: string };

/** To the collector. One line in the log when it goes away, and one when it is back. */
export const createExporter = (
  { url, protocol, headers, timeoutMs }: Settings,
  logger: Logger,
): SpanExporter => {
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const exporter = new Exporter({ url, headers, timeoutMillis: timeoutMs });
  let isAway = false;
  const report = (error: Error | undefined) => {
    if (error && !isAway)
      logger.warn({ problem: error.message }, 'Traces do not reach their collector and are dropped');
    if (!error && isAway) logger.info('Traces reach their collector again');
    isAway = error !== undefined;
  };
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const isSent = result.code === ExportResultCode.SUCCESS;
        report(isSent ? undefined : (result.error ?? new Error('The collector refused them')));
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
};
