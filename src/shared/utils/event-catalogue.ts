import { z } from 'zod';

/** One kind of event as others are told of it. `version` grows when `data` changes in a way that breaks readers. */
export type EventKind = {
  readonly version: number;
  readonly summary: string;
  /** What of the payload leaves the installation: any other field stays inside. */
  readonly data: z.ZodObject;
};
/** The events of a domain, by their type. */
export type EventCatalogue = Readonly<Record<string, EventKind>>;

/** The documented part of a payload; `{}` for one that is not as documented, so that no other event waits behind it. */
export const publicDataOf = (
  catalogue: EventCatalogue,
  { type, payload }: { readonly type: string; readonly payload: unknown },
): Record<string, unknown> => {
  const kind = Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
  const data = kind?.data.safeParse(payload);
  return kind && data?.success ? z.encode(kind.data, data.data) : {};
};
