export type Alarm = {
  /** Wakes who waits; while nobody does, it is remembered once for the next wait. */
  ring(): void;
  /** Ends when the alarm rings or after `timeoutMs`; answers whether it rang. */
  wait(timeoutMs: number): Promise<boolean>;
};

/** Lets one loop sleep and be woken; rings that come while it works are one ring. */
export const createAlarm = (): Alarm => {
  let isRung = false;
  let wake = (): void => undefined;
  return {
    ring: () => {
      isRung = true;
      wake();
    },
    wait: async (timeoutMs) => {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = () => undefined;
      const hasRung = isRung;
      isRung = false;
      return hasRung;
    },
  };
};

/** A duration up to a fifth shorter or longer, so that processes which started together do not act together. */
export const jittered = (durationMs: number): number => durationMs * (0.8 + Math.random() * 0.4);
