import type { MetricObjectWithValues, MetricValue } from 'prom-client';

export type Figures = MetricObjectWithValues<MetricValue<string>>[];

/** What a worker tells the process that started it. */
export type FromWorker =
  | { readonly about: 'ready' }
  | { readonly about: 'figures'; readonly of: number; readonly figures: Figures }
  /** It was asked for the figures of all. */
  | { readonly about: 'figures wanted'; readonly question: number };

export type ToWorker =
  | { readonly about: 'stop'; readonly reason: string }
  | { readonly about: 'figures'; readonly of: number }
  | { readonly about: 'figures of all'; readonly question: number; readonly text: string };
