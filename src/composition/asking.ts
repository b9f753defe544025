import type { Service, ServiceSettings } from '../shared/config/services.ts';
import { askPort, type Asking } from '../shared/ports/ask.ts';
import type { Answers } from '../shared/ports/port.ts';
import { createServiceTokens, type ServiceTokens } from '../shared/ports/service-token.ts';
import type { Tracing } from '../shared/tracing/tracing.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { type CorePort, corePort } from './ports/core-port.ts';

type AskingOf = (service: Service) => Asking;

/** How services know and reach each other; without a secret, nobody is let in and nobody is asked. */
export const createAsking = (
  { urls, tokenSecret }: ServiceSettings,
  clock: Clock,
  tracing: Tracing,
): { readonly serviceTokens: ServiceTokens | undefined; readonly askingOf: AskingOf } => {
  const tokens = tokenSecret === undefined ? undefined : createServiceTokens(tokenSecret, clock);
  return {
    serviceTokens: tokens,
    askingOf: (service) => {
      const url = urls[service];
      if (url === undefined || !tokens) throw new Error(`It is not configured where ${service} runs`);
      return { url, tokens, tracing };
    },
  };
};

/** The core as functions that ask it, where another process runs it. */
export const askCoreOf = ({ run }: ServiceSettings, askingOf: AskingOf): Answers<CorePort> | undefined =>
  run.has('core') ? undefined : askPort(corePort, askingOf('core'));
