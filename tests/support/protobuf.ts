/** The fields of a message of Protocol Buffers, by their numbers, as they stand in it. */
export type Fields = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

/** Reads the wire format (protobuf.dev/programming-guides/encoding): what the numbers mean is known to who asks. */
export const readProtobuf = (bytes: Buffer): Fields => {
  const fields = new Map<number, (Buffer | bigint)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('A message ends too soon');
    return bytes.subarray(at, (at += length));
  };
  const value = (wireType: bigint): Buffer | bigint => {
    if (wireType === 0n) return varint();
    if (wireType === 1n) return take(8).readBigUInt64LE();
    if (wireType === 2n) return take(Number(varint()));
    if (wireType === 5n) return BigInt(take(4).readUInt32LE());
    throw new Error(`No wire type: ${wireType}`);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    fields.set(number, [...(fields.get(number) ?? []), value(tag & 7n)]);
  }
  return fields;
};
