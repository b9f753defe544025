/** The items of each tenant, in the order given. */
export const byTenant = <Item extends { readonly tenantId: string }>(
  items: readonly Item[],
): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.tenantId);
    if (group) group.push(item);
    else groups.set(item.tenantId, [item]);
  }
  return groups;
};

/** In the order of their sequence, what follows one another without a gap together. */
export const runsOf = <Item extends { readonly sequence: number }>(items: readonly Item[]): Item[][] => {
  const runs: Item[][] = [];
  for (const item of items.toSorted((a, b) => a.sequence - b.sequence)) {
    const run = runs.at(-1);
    if (run && run.at(-1)?.sequence === item.sequence - 1) run.push(item);
    else runs.push([item]);
  }
  return runs;
};
