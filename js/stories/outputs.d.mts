/** What cells showed, on two sides. */
export const outputs: Record<string, unknown>;
