import { de, deAlerts } from './de.ts';
import { en, enAlerts } from './en.ts';
import type { Alert, Texts } from './text.ts';

/** The languages that the product speaks. Clinics may add templates in any other. */
export const builtInTexts: Readonly<Record<string, Texts | undefined>> = { en, de };
export const builtInLanguages = Object.keys(builtInTexts);

/** An alert in the language, or in English. */
export const alertText = (alert: Alert, language: string): string =>
  (language.startsWith('de') ? deAlerts : enAlerts)[alert];
