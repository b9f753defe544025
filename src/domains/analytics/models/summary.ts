import { z } from 'zod';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import { Count, groupsOf, Period, sumOf, ZonedPeriod } from './period.ts';
import { VisitStatus } from './status.ts';

const ByStatus = z.object(
  Object.fromEntries(VisitStatus.options.map((status) => [status, Count])) as Record<
    VisitStatus,
    typeof Count
  >,
);
const Counts = { appointments: Count, byStatus: ByStatus };

/** A sum of money in minor units; there is one for each currency. */
const Sum = z.object({ amount: Count, currency: z.string().meta({ example: 'EUR' }) });

const Totals = z.object({
  ...Counts,
  patients: z
    .object({ new: Count, returning: Count })
    .nullable()
    .meta({ description: 'null: the caller may see counts of days only, as for the value' }),
  value: z
    .object({ booked: z.array(Sum), completed: z.array(Sum) })
    .nullable()
    .meta({
      description: 'Prices as they were when the visits were booked, without cancelled and missed ones',
    }),
});

export const Summary = z
  .object({
    ...ZonedPeriod.shape,
    ...Totals.shape,
    days: z
      .array(z.object({ date: LocalDate, ...Counts }))
      .meta({ description: 'Dates without appointments are left out' }),
    previous: z
      .object({ ...Period.shape, ...Totals.shape })
      .meta({ description: 'As many days, right before' }),
  })
  .meta({ id: 'AnalyticsSummary' });
export type Summary = z.output<typeof Summary>;

/** The appointments of one date whose services have prices in one currency. */
export type SummaryRow = Readonly<Record<VisitStatus, number>> & {
  readonly date: string;
  /** Empty where the service has no price. */
  readonly currency: string;
  readonly bookedAmount: number;
  readonly completedAmount: number;
};
/** How many patients have visits that are kept, and how many of them had no such visit before. */
export type PatientsRow = {
  readonly isCurrent: number;
  readonly patients: number;
  readonly newPatients: number;
};

const countsOf = (rows: readonly SummaryRow[]) => {
  const byStatus = Object.fromEntries(
    VisitStatus.options.map((status) => [status, sumOf(rows, (row) => row[status])]),
  ) as Record<VisitStatus, number>;
  return { appointments: sumOf(Object.values(byStatus), (count) => count), byStatus };
};

const moneyOf = (rows: readonly SummaryRow[], amountOf: (row: SummaryRow) => number) =>
  groupsOf(
    rows.filter(({ currency }) => currency !== ''),
    ({ currency }) => currency,
  )
    .map(([currency, ofCurrency]) => ({ amount: sumOf(ofCurrency, amountOf), currency }))
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));

/** `patients` is left out for those who may see counts of days only. */
const totalsOf = (rows: readonly SummaryRow[], patients: Omit<PatientsRow, 'isCurrent'> | undefined) => ({
  ...countsOf(rows),
  patients: patients
    ? { new: patients.newPatients, returning: patients.patients - patients.newPatients }
    : null,
  value: patients
    ? {
        booked: moneyOf(rows, ({ bookedAmount }) => bookedAmount),
        completed: moneyOf(rows, ({ completedAmount }) => completedAmount),
      }
    : null,
});

/** `rows` are those of both periods, by date; without `patients` only counts are told. */
export const summaryOf = (
  period: ZonedPeriod,
  previous: Period,
  rows: readonly SummaryRow[],
  patients: readonly PatientsRow[] | undefined,
): Summary => {
  const current = rows.filter(({ date }) => date >= period.from);
  const before = rows.filter(({ date }) => date < period.from);
  const none = { patients: 0, newPatients: 0 };
  const of = (isCurrent: number) =>
    patients && (patients.find((each) => each.isCurrent === isCurrent) ?? none);
  return {
    ...period,
    ...totalsOf(current, of(1)),
    days: groupsOf(current, ({ date }) => date).map(([date, ofDate]) => ({ date, ...countsOf(ofDate) })),
    previous: { ...previous, ...totalsOf(before, of(0)) },
  };
};

export const summaryTable = ({ days }: Summary) => ({
  columns: ['date', 'appointments', ...VisitStatus.options],
  rows: days.map(({ date, appointments, byStatus }) => [
    date,
    appointments,
    ...VisitStatus.options.map((status) => byStatus[status]),
  ]),
});
