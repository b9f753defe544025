import type { z } from 'zod';
import type { Service } from '../config/services.ts';

/**
 * Something that one service asks another: what it is given, what it answers, whether asking twice is as good as once, and how long an
 * answer may take where that is more than for most.
 */
export type Question<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  readonly input: I;
  readonly output: O;
  readonly repeatable: boolean;
  readonly timeoutMs?: number;
};

/** A question that changes nothing. */
export const question = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Question<I, O> => ({
  input,
  output,
  repeatable: true,
});

/** Something that is to be done. Where nobody answers, it may have been done: `repeatable` says that doing it twice is doing it once. */
export const order = <I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  options: { readonly repeatable: boolean; readonly timeoutMs?: number },
): Question<I, O> => ({ input, output, ...options });

type Questions = Readonly<Record<string, Question>>;
type Streams = Readonly<Record<string, z.ZodType>>;

/** All that a service can be asked from outside its process. `streams` are answered with bytes. */
export type Port<Q extends Questions = Questions, S extends Streams = Streams> = {
  readonly service: Service;
  readonly questions: Q;
  readonly streams: S;
};

export const definePort = <Q extends Questions, S extends Streams>(
  service: Service,
  questions: Q,
  streams: S,
): Port<Q, S> => ({ service, questions, streams });

/** The same record as functions: on one side what answers, on the other what asks. */
export type Answers<P extends Port> = {
  readonly [Name in keyof P['questions']]: (
    input: z.output<P['questions'][Name]['input']>,
  ) => Promise<z.output<P['questions'][Name]['output']>>;
};
export type StreamAnswers<P extends Port> = {
  readonly [Name in keyof P['streams']]: (
    input: z.output<P['streams'][Name]>,
  ) => Promise<AsyncIterable<Uint8Array>>;
};

/** A port together with what answers it. */
export type AnsweredPort<P extends Port = Port> = {
  readonly port: P;
  readonly answers: Answers<P>;
  readonly streams: StreamAnswers<P>;
};

/** Where a question is asked. Nothing outside the installation may reach a path that begins so. */
export const INTERNAL = '/internal';
export const pathOf = (service: Service, name: string): string => `${INTERNAL}/ports/${service}/${name}`;
