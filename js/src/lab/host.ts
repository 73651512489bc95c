/** What a view of the panel may ask beyond its payload: the figures of versions. */

import type { Host } from "../views/view";
import type { Client } from "./client";

/** A host that asks the server extension; nothing is selected through it. */
export function hostOf(client: Client, key: string): Host {
  return {
    ask: <T>({ name, number }: { what: string } & Record<string, unknown>) => client.figure(key, String(name), Number(number)) as Promise<T>,
    selected: () => [],
    onSelect: () => undefined,
  };
}
