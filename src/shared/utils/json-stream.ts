const isMany = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* pieces(fields: Readonly<Record<string, unknown>>): AsyncGenerator<string> {
  let before = '{\n';
  for (const [name, value] of Object.entries(fields)) {
    yield `${before}${JSON.stringify(name)}: `;
    before = ',\n';
    if (!isMany(value)) {
      yield JSON.stringify(value, null, 2);
      continue;
    }
    let separator = '[\n';
    for await (const row of value) {
      yield `${separator}${JSON.stringify(row)}`;
      separator = ',\n';
    }
    yield separator === '[\n' ? '[]' : '\n]';
  }
  yield before === '{\n' ? '{}\n' : '\n}\n';
}

/** One JSON object in UTF-8. What is many, by an asynchronous iterable, becomes an array that is read while it is written. */
export async function* jsonStream(fields: Readonly<Record<string, unknown>>): AsyncGenerator<Buffer> {
  for await (const piece of pieces(fields)) yield Buffer.from(piece);
}
