/**
 * An answer that is JSON already: its parts were made by `jsonEncoder` from the schema that the route declares, and
 * are sent again as long as they hold. `fingerprint` differs where the text does, and is shorter.
 */
export class Encoded<Answer> {
  /** What the text says; only for the types. */
  declare readonly answer: Answer;
  readonly text: string;
  readonly fingerprint: string;

  constructor(text: string, fingerprint: string) {
    this.text = text;
    this.fingerprint = fingerprint;
  }
}
