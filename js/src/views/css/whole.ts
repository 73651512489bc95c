import { TABLES } from "./base";
import { CARDS } from "./cards";
import { DIFF } from "./diff";
import { LOG } from "./log";
import { sheetOf } from "./sheet";

/** The sheet of all views. */
export const WHOLE = sheetOf(TABLES, CARDS, LOG, DIFF);
