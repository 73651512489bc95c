/** A small language for what a payload must look like, checked before anything is drawn. */

/** Says what is wrong with a value, or nothing. Paths are put together only on failure. */
export type Check = (value: unknown) => Fault | null;

interface Fault {
  path: string;
  wanted: string;
}

/** A payload that does not keep to its contract. */
export class Malformed extends Error {
  constructor({ path, wanted }: Fault) {
    super(`${path.replace(/^\./, "") || "the output"} is not ${wanted}`);
    this.name = "Malformed";
  }
}

/** Throws `Malformed` if the check finds a fault. */
export function demand(check: Check, value: unknown): void {
  const fault = check(value);
  if (fault) {
    throw new Malformed(fault);
  }
}

const NO_TEXT: Fault = { path: "", wanted: "text" };
const NO_NUMBER: Fault = { path: "", wanted: "a number" };
const NO_FLAG: Fault = { path: "", wanted: "true or false" };
const NO_LIST: Fault = { path: "", wanted: "a list" };
const NO_OBJECT: Fault = { path: "", wanted: "an object" };

/** Text. */
export const text: Check = (value) => (typeof value === "string" ? null : NO_TEXT);

/** A finite number. */
export const number: Check = (value) => (Number.isFinite(value) ? null : NO_NUMBER);

/** True or false. */
export const flag: Check = (value) => (typeof value === "boolean" ? null : NO_FLAG);

/** The same or null. */
/* @__NO_SIDE_EFFECTS__ */
export function nullable(check: Check): Check {
  return (value) => (value === null ? null : check(value));
}

/** The same or absent. */
/* @__NO_SIDE_EFFECTS__ */
export function optional(check: Check): Check {
  return (value) => (value === undefined ? null : check(value));
}

/** A list of such things. */
/* @__NO_SIDE_EFFECTS__ */
export function list(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) {
      return NO_LIST;
    }
    for (let i = 0; i < value.length; i++) {
      const fault = check(value[i]);
      if (fault) {
        return within(`[${i}]`, fault);
      }
    }
    return null;
  };
}

/** An object with at least these fields; more are welcome, a newer version may add them. */
/* @__NO_SIDE_EFFECTS__ */
export function shape(fields: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(fields);
  const checks = Object.values(fields);
  return (value) => {
    if (!isObject(value)) {
      return NO_OBJECT;
    }
    // By number: a long payload is a hundred thousand fields, and pairs would be made of each.
    for (let i = 0; i < names.length; i++) {
      const fault = (checks[i] as Check)(value[names[i] as string]);
      if (fault) {
        return within(`.${names[i]}`, fault);
      }
    }
    return null;
  };
}

/** An object whose values are all such things. */
/* @__NO_SIDE_EFFECTS__ */
export function record(check: Check): Check {
  return (value) => {
    if (!isObject(value)) {
      return NO_OBJECT;
    }
    for (const name in value) {
      const fault = check(value[name]);
      if (fault) {
        return within(`.${name.slice(0, 60)}`, fault);
      }
    }
    return null;
  };
}

/** A shape that contains itself. */
/* @__NO_SIDE_EFFECTS__ */
export function recursive(make: (self: Check) => Check): Check {
  const made = make((value) => made(value));
  return made;
}

/** Whether it is an object, neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(path: string, fault: Fault): Fault {
  return { path: path + fault.path, wanted: fault.wanted };
}
