/** The same day and time so many years later, or earlier. 29 February becomes 1 March where there is none. */
export const yearsAfter = (date: Date, years: number): Date => {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
};
