/** What the bus is called at the server. Events of a tenant have a subject of their own, so that the server knows the last one. */
export const natsNames = (prefix: string) => ({
  events: {
    stream: prefix,
    all: `${prefix}.event.*`,
    of: (tenantId: string) => `${prefix}.event.${tenantId}`,
  },
  /** How far each consumer has come with each tenant: one message for each, which takes the place of the one before. */
  places: {
    stream: `${prefix}-places`,
    all: `${prefix}.place.*.*`,
    of: (consumer: string, tenantId: string) => `${prefix}.place.${consumer}.${tenantId}`,
  },
});
export type NatsNames = ReturnType<typeof natsNames>;
