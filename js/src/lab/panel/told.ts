import { Away, Refused } from "../failures";

/** An error in one sentence. */
export function reason(error: unknown): string {
  return error instanceof Refused || error instanceof Away ? error.message : `This failed: ${String(error)}`;
}

/** What to do about it, if somebody said so. */
export function hintOf(error: unknown): string {
  return error instanceof Refused ? error.hint : "";
}
