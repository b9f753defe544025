/** Whoever runs the product can do something about it: the message alone says what happened, and what to do. */
export class ExplainedError extends Error {}
