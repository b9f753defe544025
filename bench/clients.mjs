// @ts-check

/**
 * Lets a number of clients work off a list, each taking the next item as soon as it is done with one.
 * @template Item
 * @param {number} clients
 * @param {readonly Item[]} items
 * @param {(item: Item, client: number) => Promise<unknown>} work
 * @returns {Promise<{ times: number[], perSecond: number }>} milliseconds of each item
 */
export async function workOff(clients, items, work) {
  /** @type {number[]} */
  const times = [];
  let next = 0;
  /** @param {number} client */
  const takeTurns = async (client) => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      const startedAt = performance.now();
      await work(item, client);
      times.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, client) => takeTurns(client)));
  return { times, perSecond: (items.length / (performance.now() - startedAt)) * 1000 };
}
