import type { Kind } from '../kind.ts';

/** The product's words for one kind: a title, one line for push, SMS and inside the product, and a letter for mail. */
export type Text = {
  readonly title: string;
  readonly line: string;
  /** Where an SMS says more than the line. */
  readonly sms?: string;
  readonly letter: string;
};
export type Texts = Readonly<Record<Kind, Text>>;

/** What administrators are alerted of. */
export const alerts = ['record_opened_by_break_glass', 'webhook_disabled'] as const;
export type Alert = (typeof alerts)[number];
export type AlertTexts = Readonly<Record<Alert, string>>;
