import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { Config } from '../config/config.ts';
import { spanFields } from '../tracing/span.ts';
import { withoutSecrets, withoutTokens } from './secrecy.ts';

export type Logger = PinoLogger;

/**
 * Writes lines of JSON. Secrets and what may describe a person's health are taken out of whatever is logged, however
 * deep they stand in it, also in errors; tokens out of every text.
 */
export const createLogger = (
  { logLevel, appName }: Pick<Config, 'logLevel' | 'appName'>,
  destination?: DestinationStream,
): Logger => {
  const options = {
    level: logLevel,
    base: { app: appName },
    mixin: spanFields,
    formatters: { log: withoutSecrets },
    // Errors are ready to be written by then.
    serializers: { err: (written: unknown) => written },
    hooks: { streamWrite: withoutTokens },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
};
