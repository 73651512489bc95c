/** What can go wrong between the panel and whoever it asks. */

/** The server's own answer to what cannot be done. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly hint: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Nobody answered. */
export class Away extends Error {}
