import { expect, test } from '@jest/globals';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { createTimings } from '../timings.ts';

const settings = { name: 'a_seconds', help: 'A', buckets: [0.1, 1] };
const seen = [
  [0.05, 'GET', '/a'],
  [0.1, 'GET', '/a'],
  [0.5, 'GET', '/b'],
  [7, 'POST', '/a'],
] as const;

test('tells what the registry’s own histogram tells', async () => {
  const [registry, other] = [new Registry(), new Registry()];
  const timings = createTimings(registry, { ...settings, labels: ['method', 'route'] });
  const histogram = new Histogram({
    ...settings,
    labelNames: ['method', 'route'],
    registers: [other],
  });
  for (const [seconds, method, route] of seen) {
    timings.observe(seconds, method, route);
    histogram.observe({ method, route }, seconds);
  }
  const linesOf = (text: string) =>
    text
      .split('\n')
      .map((line) =>
        line.replace(/\{(.*)\}/, (_all, labels: string) => `{${labels.split(',').sort().join()}}`),
      )
      .sort();
  expect(linesOf(await registry.metrics())).toEqual(linesOf(await other.metrics()));
});

test('is added up over processes', async () => {
  const told = await Promise.all(
    [1, 2].map(async () => {
      const registry = new Registry();
      createTimings(registry, { ...settings, labels: [] }).observe(0.5);
      return registry.getMetricsAsJSON();
    }),
  );
  const text = await AggregatorRegistry.aggregate(told).metrics();
  expect(text).toContain('a_seconds_bucket{le="1"} 2');
  expect(text).toContain('a_seconds_sum 1');
});
