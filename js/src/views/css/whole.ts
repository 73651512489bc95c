import { TABLES } from "./base";
import { BOARD } from "./board";
import { CARDS } from "./cards";
import { CURVES } from "./curves";
import { DIFF } from "./diff";
import { LOG } from "./log";
import { SEARCH } from "./search";
import { sheetOf } from "./sheet";
import { STORAGE } from "./storage";

/** The sheet of all views. */
export const WHOLE = sheetOf(TABLES, BOARD, CARDS, STORAGE, SEARCH, LOG, DIFF, CURVES);
