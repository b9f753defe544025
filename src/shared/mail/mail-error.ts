/**
 * A mail that was not sent. `refused`: it never will be. `later`: worth another try. `unknown`: the server was gone before it said whether it
 * has it.
 */
export class MailError extends Error {
  readonly fate: 'refused' | 'later' | 'unknown';
  readonly problem: string;

  constructor(fate: MailError['fate'], problem: string, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.fate = fate;
    this.problem = problem;
  }
}
