import type { Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Figures, FromWorker, ToWorker } from './messages.ts';

type Question = { readonly awaited: Set<Worker>; readonly figures: Figures[]; readonly answer: () => void };

const ANSWER_WITHIN_MS = 3_000;

/** Asks every worker for its figures when one of them is asked for those of all, and adds them up. */
export const answerFigures = (
  workers: ReadonlySet<Worker>,
  tell: (worker: Worker, message: ToWorker) => void,
) => {
  const questions = new Map<number, Question>();
  let asked = 0;

  const ask = (asker: Worker, question: number) => {
    const id = (asked += 1);
    const figures: Figures[] = [];
    const answer = () => {
      clearTimeout(timer);
      questions.delete(id);
      void AggregatorRegistry.aggregate(figures)
        .metrics()
        .then((text) => {
          tell(asker, { about: 'figures of all', question, text });
        });
    };
    const timer = setTimeout(answer, ANSWER_WITHIN_MS);
    questions.set(id, { awaited: new Set(workers), figures, answer });
    for (const worker of workers) tell(worker, { about: 'figures', of: id });
  };

  return {
    hear: (worker: Worker, message: Exclude<FromWorker, { about: 'ready' }>): void => {
      if (message.about === 'figures wanted') {
        ask(worker, message.question);
        return;
      }
      const question = questions.get(message.of);
      if (!question?.awaited.delete(worker)) return;
      question.figures.push(message.figures);
      if (question.awaited.size === 0) question.answer();
    },
  };
};
