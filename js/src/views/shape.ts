/** A small language for what a payload must look like, checked before anything is drawn. */

/** Throws if a value is not what it checks for. */
export type Check = (value: unknown, path: string) => void;

/** A payload that does not keep to its contract. */
export class Malformed extends Error {
  constructor(path: string, wanted: string) {
    super(`${path || "the output"} is not ${wanted}`);
    this.name = "Malformed";
  }
}

/** Text. */
export const text: Check = (value, path) => {
  if (typeof value !== "string") {
    throw new Malformed(path, "text");
  }
};

/** A finite number. */
export const number: Check = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Malformed(path, "a number");
  }
};

/** True or false. */
export const flag: Check = (value, path) => {
  if (typeof value !== "boolean") {
    throw new Malformed(path, "true or false");
  }
};

/** The same or null. */
export function nullable(check: Check): Check {
  return (value, path) => {
    if (value !== null) {
      check(value, path);
    }
  };
}

/** The same or absent. */
export function optional(check: Check): Check {
  return (value, path) => {
    if (value !== undefined) {
      check(value, path);
    }
  };
}

/** A list of such things. */
export function list(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw new Malformed(path, "a list");
    }
    value.forEach((item, i) => check(item, `${path}[${i}]`));
  };
}

/** An object with at least these fields; more are welcome, a newer version may add them. */
export function shape(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value, path) => {
    const object = asObject(value, path);
    for (const [name, check] of checks) {
      check(object[name], path ? `${path}.${name}` : name);
    }
  };
}

/** An object whose values are all such things. */
export function record(check: Check): Check {
  return (value, path) => {
    const object = asObject(value, path);
    for (const name of Object.keys(object)) {
      check(object[name], path);
    }
  };
}

/** A shape that contains itself. */
export function recursive(make: (self: Check) => Check): Check {
  const check: Check = (value, path) => made(value, path);
  const made = make(check);
  return check;
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Malformed(path, "an object");
  }
  return value as Record<string, unknown>;
}
