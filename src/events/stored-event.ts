/** An event of the outbox that has its place in its tenant's sequence: 1, 2, 3 … without a gap. */
export type StoredEvent = {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly occurredAt: Date;
  readonly sequence: number;
};

/** An event on its way from the outbox to the stream; its payload stays JSON text, which nobody on the way reads. */
export type NumberedEvent = Omit<StoredEvent, 'payload'> & { readonly payload: string };

/** The order of the fields that the append script is given after tenant and sequence. */
export const fieldValues = (event: NumberedEvent): string[] => [
  event.id,
  event.type,
  event.payload,
  event.requestId,
  event.occurredAt.toISOString(),
];

/** Reads an event back from the names and values of a stream entry. */
export const fromFields = (fields: readonly string[]): StoredEvent => {
  const value = (name: string): string => {
    const at = fields.indexOf(name);
    const text = at % 2 === 0 ? fields[at + 1] : undefined;
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
  };
};
