import type { Tracing } from '../shared/tracing/tracing.ts';
import type { DatabaseWatch } from './watch.ts';

/** A span for each statement that belongs to one: its name, never its text or values. Those of one packet lie side by side. */
export const traceStatements = (watch: DatabaseWatch, tracing: Tracing): DatabaseWatch => {
  if (!tracing.isOn) return watch;
  return {
    ...watch,
    statement: async (statement, run) => {
      const { name = 'unnamed' } = statement;
      const attributes = { 'db.system.name': 'mysql', 'db.query.summary': name };
      const span = tracing.begin({ name, kind: 'client', attributes });
      if (!span) return watch.statement(statement, run);
      try {
        const result = await watch.statement(statement, run);
        span.end();
        return result;
      } catch (error) {
        span.end({ error });
        throw error;
      }
    },
  };
};
