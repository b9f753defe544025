import type { ReminderAnswer } from './reminder-answer.ts';

/** What patients write when they mean yes or no, in the languages that the product speaks. */
const WORDS: Readonly<Record<string, ReminderAnswer>> = {
  yes: 'confirm',
  y: 'confirm',
  ja: 'confirm',
  j: 'confirm',
  ok: 'confirm',
  confirm: 'confirm',
  no: 'cancel',
  n: 'cancel',
  nein: 'cancel',
  cancel: 'cancel',
};

/** The first word counts: `Yes, thank you!` is a yes. Nothing for what is neither. */
export const replyMeaning = (text: string): ReminderAnswer | undefined => {
  const [word = ''] = text
    .trim()
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
};
