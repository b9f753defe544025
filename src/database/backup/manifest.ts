import { z } from 'zod';

const Sum = z.strictObject({ bytes: z.int(), sha256: z.string() });

/** Where the binary log of the server was at the moment of the backup: there a replay to a later time begins. */
const LogPosition = z.strictObject({
  file: z.string(),
  position: z.int(),
  /** Of MySQL the executed set, of MariaDB the position. */
  gtid: z.string(),
});
export type LogPosition = z.output<typeof LogPosition>;

/** A part of a backup as it begins. */
export const PartHead = z.discriminatedUnion('kind', [
  /** `statement` makes the table; its content are the statements that fill it. */
  z.strictObject({ kind: z.literal('table'), name: z.string(), statement: z.string() }),
  /** JSON: triggers, routines, views and events. */
  z.strictObject({ kind: z.literal('programs') }),
  /** As it lies in the store, encrypted; its name is its key there. */
  z.strictObject({ kind: z.literal('file'), name: z.string() }),
]);
export type PartHead = z.output<typeof PartHead>;
export const PartEnd = Sum.extend({ rows: z.int() });
export type PartEnd = z.output<typeof PartEnd>;

/** What a backup says of itself, at its end. */
export const Manifest = z.strictObject({
  createdAt: z.iso.datetime(),
  /** Of the product. */
  version: z.string(),
  database: z.strictObject({ engine: z.enum(['MySQL', 'MariaDB']), version: z.string(), name: z.string() }),
  binaryLog: LogPosition.nullable(),
  migrations: z.array(z.strictObject({ name: z.string(), checksum: z.string() })),
  programs: z.int(),
  tables: z.array(Sum.extend({ name: z.string(), rows: z.int() })),
  /** The sum is that of the lines `sha256 name`. */
  files: Sum.extend({ count: z.int() }),
});
export type Manifest = z.output<typeof Manifest>;
