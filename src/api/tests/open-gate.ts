import type { Gate, Identify } from '../endpoint.ts';

/** A gate that counts nobody, for tests of what stands behind it. */
export const openGate = (identify: Identify): Gate => ({
  identify,
  limits: { admitAddress: () => Promise.resolve(), admitUser: () => Promise.resolve() },
  turns: (_tenantId, work) => work(),
  wrote: () => Promise.resolve(),
});
