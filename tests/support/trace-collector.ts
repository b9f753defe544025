import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Fields, readProtobuf } from './protobuf.ts';

export type CollectedSpan = {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
};

/** Takes traces by OTLP over HTTP, in both of its forms, and keeps them. */
export type TraceCollector = {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** All that came over the wire. */
  raw(): string;
  /** The names of the forms that it was sent. */
  readonly mediaTypes: Set<string>;
  asked(): number;
  stop(): Promise<void>;
};

const bytes = (fields: Fields, number: number): Buffer[] => (fields.get(number) ?? []) as Buffer[];
const messages = (fields: Fields, number: number): Fields[] => bytes(fields, number).map(readProtobuf);
const text = (fields: Fields, number: number): string => bytes(fields, number)[0]?.toString() ?? '';
const hex = (fields: Fields, number: number): string => bytes(fields, number)[0]?.toString('hex') ?? '';

/** `KeyValue { key = 1, value = 2 }`, `AnyValue { string = 1, bool = 2, int = 3 }` of opentelemetry/proto/common/v1. */
const attributesOf = (owner: Fields | undefined, number: number): Record<string, string> =>
  Object.fromEntries(
    (owner ? messages(owner, number) : []).map((pair) => {
      const value = messages(pair, 2)[0];
      return [text(pair, 1), value?.has(1) ? text(value, 1) : String((value?.get(3) ?? value?.get(2))?.[0])];
    }),
  );

/** `ExportTraceServiceRequest` of opentelemetry/proto/collector/trace/v1. */
const fromProtobuf = (body: Buffer): CollectedSpan[] =>
  messages(readProtobuf(body), 1).flatMap((ofResource) => {
    const service = attributesOf(messages(ofResource, 1)[0], 1)['service.name'] ?? '';
    return messages(ofResource, 2).flatMap((ofScope) =>
      messages(ofScope, 2).map((span) => ({
        service,
        traceId: hex(span, 1),
        spanId: hex(span, 2),
        parentId: hex(span, 4),
        name: text(span, 5),
        kind: Number(span.get(6)?.[0]),
        attributes: attributesOf(span, 9),
      })),
    );
  });

const fromPairs = (pairs: any[] = []): Record<string, string> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, String(Object.values(value)[0])]));

const fromJson = (body: Buffer): CollectedSpan[] =>
  JSON.parse(body.toString()).resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, kind, attributes }: any) => ({
        service: fromPairs(resource.attributes)['service.name'],
        ...{ traceId, spanId, parentId: parentSpanId, name, kind, attributes: fromPairs(attributes) },
      })),
    ),
  );

/** `answer` says what it does with what it is sent; it may never answer. */
export const startTraceCollector = async (
  answer: (response: ServerResponse) => void = (response) => response.writeHead(200).end(),
): Promise<TraceCollector> => {
  const spans: CollectedSpan[] = [];
  const bodies: Buffer[] = [];
  const mediaTypes = new Set<string>();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    void buffer(request).then((body) => {
      const mediaType = request.headers['content-type'] ?? '';
      bodies.push(body);
      mediaTypes.add(mediaType);
      spans.push(...(mediaType === 'application/json' ? fromJson(body) : fromProtobuf(body)));
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw: () => Buffer.concat(bodies).toString(),
    mediaTypes,
    asked: () => asked,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};
