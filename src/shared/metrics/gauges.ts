import { Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';
import { createReading } from './reading.ts';

type Labelled = Readonly<Record<string, number>>;

type Watched<Value> = {
  readonly label?: string;
  /** How one figure is made of those of several processes; `max` for what all of them read at the same place. */
  readonly aggregator: 'sum' | 'max' | 'min';
  readonly read: () => Promise<Value>;
  /** What is told where nothing can be read; without it, nothing. */
  readonly otherwise?: Value;
  /** The gauges by name: what they mean, and their value, or values by label. */
  readonly gauges: Readonly<
    Record<string, readonly [help: string, pick: (value: Value) => number | Labelled]>
  >;
};

/** Gauges that are read when somebody asks, all from one reading. */
export const watch = <Value>(
  { registry }: Pick<Metrics, 'registry'>,
  { label, aggregator, read, otherwise, gauges }: Watched<Value>,
): void => {
  const reading = createReading(read);
  for (const [name, [help, pick]] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      aggregator,
      registers: [registry],
      async collect() {
        const value = (await reading()) ?? otherwise;
        this.reset();
        // A gauge without labels is zero after a reset, which would be a lie.
        if (value === undefined) {
          this.remove();
          return;
        }
        const picked = pick(value);
        if (typeof picked === 'number') this.set(picked);
        else for (const [of, figure] of Object.entries(picked)) this.set({ [label ?? '']: of }, figure);
      },
    });
  }
};
