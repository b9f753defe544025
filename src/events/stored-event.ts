/** An event of the outbox that has its place in its tenant's sequence: 1, 2, 3 … without a gap. */
export type StoredEvent = {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly occurredAt: Date;
  readonly sequence: number;
  /** The span that it follows from (W3C Trace Context), where it is a part of a trace. */
  readonly traceparent?: string | undefined;
};

/** An event on its way from the outbox to the stream; its payload stays JSON text, which nobody on the way reads. */
export type NumberedEvent = Omit<StoredEvent, 'payload' | 'traceparent'> & {
  readonly payload: string;
  readonly traceparent: string | null;
};

/** The order of the fields that the append script is given after tenant and sequence. */
export const fieldValues = (event: NumberedEvent): string[] => [
  event.id,
  event.type,
  event.payload,
  event.requestId,
  event.occurredAt.toISOString(),
  event.traceparent ?? '',
];

/** Reads an event back from the names and values of a stream entry. */
export const fromFields = (fields: readonly string[]): StoredEvent => {
  const valueIfAny = (name: string): string | undefined => {
    const at = fields.indexOf(name);
    return at % 2 === 0 ? fields[at + 1] : undefined;
  };
  const value = (name: string): string => {
    const text = valueIfAny(name);
    if (text === undefined) throw new Error(`A stream entry has no field "${name}"`);
    return text;
  };
  return {
    tenantId: value('tenantId'),
    sequence: Number(value('sequence')),
    id: value('id'),
    type: value('type'),
    requestId: value('requestId'),
    occurredAt: new Date(value('occurredAt')),
    payload: JSON.parse(value('payload')) as Record<string, unknown>,
    traceparent: valueIfAny('traceparent'),
  };
};
