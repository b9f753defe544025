import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type AuditFacts, textOfRow } from '../../../database/audit-row.ts';
import { Id } from '../../../shared/types/id.ts';
import { type Batch, hashOfBatch } from './batch.ts';
import { ExplainedError } from '../../../shared/utils/explained-error.ts';

const Hash = z.hex().length(64);
const Head = z.object({
  format: z.literal('audit archive'),
  version: z.literal(1),
  tenantId: Id,
  firstBatch: z.int().positive(),
  lastBatch: z.int().positive(),
  previousHash: Hash.nullable(),
  lastHash: Hash,
});
const Bytes = Hash.transform((hex) => Buffer.from(hex, 'hex'));
const Time = z.iso.datetime().transform((text) => new Date(text));
const BatchLine = z.object({
  number: z.int(),
  rowCount: z.int().nonnegative(),
  strangerCount: z.int(),
  beforeMarks: z.boolean(),
  rowsHash: Bytes,
  previousHash: Bytes.nullable(),
  lastOccurredAt: Time,
  sealedAt: Time,
  hash: Bytes,
});
const End = z.object({ rows: z.int(), sha256: Hash });

export type ArchiveHead = z.output<typeof Head>;
export type ArchiveContents = ArchiveHead & { readonly rows: number; readonly batches: readonly Batch[] };

/** The file is not one that was archived, or no longer as it was. */
export class ArchiveDamaged extends ExplainedError {
  readonly batch: number;
  constructor(batch: number, detail: string) {
    super(detail);
    this.batch = batch;
  }
}

export const headOf = (tenantId: string, batches: readonly [Batch, ...Batch[]]): ArchiveHead => {
  const last = batches.at(-1) ?? batches[0];
  return {
    format: 'audit archive',
    version: 1,
    tenantId,
    firstBatch: batches[0].number,
    lastBatch: last.number,
    previousHash: batches[0].previousHash?.toString('hex') ?? null,
    lastHash: last.hash.toString('hex'),
  };
};

const lineOfBatch = (batch: Batch): string =>
  JSON.stringify({
    ...batch,
    rowsHash: batch.rowsHash.toString('hex'),
    previousHash: batch.previousHash?.toString('hex') ?? null,
    hash: batch.hash.toString('hex'),
  });

/** The lines of a file: its head, each batch before its rows, and what all lines come to. The same batches give the same lines. */
export async function* linesOf(
  head: ArchiveHead,
  batches: AsyncIterable<{ batch: Batch; rows: readonly AuditFacts[] }>,
): AsyncGenerator<string> {
  const sha256 = createHash('sha256');
  let count = 0;
  const line = (text: string) => {
    sha256.update(`${text}\n`);
    return `${text}\n`;
  };
  yield line(JSON.stringify(head));
  for await (const { batch, rows } of batches) {
    yield line(lineOfBatch(batch));
    for (const row of rows) yield line(textOfRow(row));
    count += rows.length;
  }
  yield `${JSON.stringify({ rows: count, sha256: sha256.digest('hex') })}\n`;
}

const parsed = <T>(schema: z.ZodType<T>, line: string | undefined, batch: number, what: string): T => {
  try {
    return schema.parse(JSON.parse(line ?? ''));
  } catch {
    throw new ArchiveDamaged(batch, `The file has no ${what} where one should be.`);
  }
};

/** Reads a file to its end, and holds its rows against its batches, and these against one another. */
export const readLines = async (lines: AsyncIterator<string, undefined>): Promise<ArchiveContents> => {
  const sha256 = createHash('sha256');
  const next = async () => {
    const { value } = await lines.next();
    return value;
  };
  const nextHashed = async () => {
    const line = await next();
    if (line !== undefined) sha256.update(`${line}\n`);
    return line;
  };
  const head = parsed(Head, await nextHashed(), 0, 'head of an audit archive');
  const batches: Batch[] = [];
  let rows = 0;
  let previousHash = head.previousHash;
  for (let number = head.firstBatch; number <= head.lastBatch; number++) {
    const batch = parsed(BatchLine, await nextHashed(), number, 'batch');
    const isNext = batch.number === number && (batch.previousHash?.toString('hex') ?? null) === previousHash;
    if (!isNext || !hashOfBatch(head.tenantId, batch).equals(batch.hash))
      throw new ArchiveDamaged(
        number,
        'The batch in the file does not match its hash, or the one before it.',
      );
    const rowsHash = createHash('sha256');
    for (let i = 0; i < batch.rowCount; i++) {
      const line = await nextHashed();
      if (line === undefined) throw new ArchiveDamaged(number, 'The file ends within the batch.');
      rowsHash.update(createHash('sha256').update(line).digest());
    }
    if (!rowsHash.digest().equals(batch.rowsHash))
      throw new ArchiveDamaged(number, 'Its rows in the file are not those that were sealed.');
    rows += batch.rowCount;
    previousHash = batch.hash.toString('hex');
    batches.push(batch);
  }
  const end = parsed(End, await next(), head.lastBatch, 'last line');
  const isWhole = end.rows === rows && end.sha256 === sha256.digest('hex') && previousHash === head.lastHash;
  if (!isWhole || (await next()) !== undefined)
    throw new ArchiveDamaged(head.lastBatch, 'The last line of the file does not match what is before it.');
  return { ...head, rows, batches };
};
