import type { Config } from '../config/config.ts';
import type { Logger } from '../utils/logger.ts';
import { type Tracing, untraced } from './tracing.ts';

/** As configured. The libraries for it are loaded only where they are used: they would make every start slower. */
export const openTracing = async (
  settings: Config['tracing'],
  deps: { readonly version: string; readonly logger: Logger },
): Promise<Tracing> => {
  if (settings.url === undefined) return untraced;
  const { createOtlpTracing } = await import('./otlp-tracing.ts');
  return createOtlpTracing({ ...settings, url: settings.url }, deps);
};
