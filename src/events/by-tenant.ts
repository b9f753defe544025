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
