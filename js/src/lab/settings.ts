/** What a person set for the panel; without the registry, the defaults. */

import type { ISettingRegistry } from "@jupyterlab/settingregistry";

export interface Settings {
  /** Seconds between two looks while the panel is in sight, 1 … 60. */
  refreshSeconds: number;
  /** Key of the metric to show, or nothing for the repository's first. */
  metric: string;
  /** Whether the kernel is asked after each cell what would be committed. */
  askKernel: boolean;
  statusBar: boolean;
  /** Seconds that a notification with its way back stays. */
  notifySeconds: number;
}

export const DEFAULTS: Settings = { refreshSeconds: 2, metric: "", askKernel: true, statusBar: true, notifySeconds: 8 };

/** Reads the settings, and again whenever they change; where they cannot be read, defaults hold. */
export async function follow(registry: ISettingRegistry | null, id: string, changed: (settings: Settings) => void): Promise<void> {
  const found = await registry?.load(id).catch(() => null);
  if (found) {
    const read = (): void => changed({ ...DEFAULTS, ...(found.composite as Partial<Settings>) });
    found.changed.connect(read);
    read();
  }
}
