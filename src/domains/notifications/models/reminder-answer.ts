/** What a patient can answer to a reminder. */
export type ReminderAnswer = 'confirm' | 'cancel';

/** `done`: it was so. `too_late`: the clinic wants more notice. `not_possible`: the visit is not where it could be. `used`: answered before. `over`: the visit was moved, cancelled, or has begun. */
export type AnswerOutcome = 'done' | 'too_late' | 'not_possible' | 'used' | 'over';
