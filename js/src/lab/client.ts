/** Asks the server extension; everything goes through the server's own address and its checks. */

import { ServerConnection } from "@jupyterlab/services";
import { Away, Refused } from "./failures";

/** One repository of the server. */
export interface Repository {
  id: string;
  name: string;
  folder: string;
}

/** What the server knows near a notebook. */
export interface Found {
  repositories: Repository[];
  here: string | null;
}

/** What was done, and the operation that undoing it takes back. */
export interface Done {
  notice: { title: string; text: string };
  operation: number;
}

export interface Answer<T> {
  view: T;
  tag: string;
}

export class Client {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** The repositories of the server, and the one of the notebook. */
  async repositories(path: string): Promise<Found> {
    const found = await this.ask<Found>(`repositories?${new URLSearchParams({ path })}`);
    return (found as Answer<Found>).view;
  }

  /** A view of a repository; `null` when nothing has happened since `tag`. */
  view<T>(key: string, name: string, asked: Record<string, string> = {}, tag = ""): Promise<Answer<T> | null> {
    const headers = tag ? { "If-None-Match": tag } : undefined;
    return this.ask<T>(`repositories/${key}/${name}?${new URLSearchParams(asked)}`, { headers });
  }

  /** Moves references; the answer says how to take it back. */
  async act(key: string, name: string, wish: Record<string, string | number>): Promise<Done> {
    const answer = await this.ask<Done>(`repositories/${key}/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
    });
    return (answer as Answer<Done>).view;
  }

  private async ask<T>(end: string, init: RequestInit = {}): Promise<Answer<T> | null> {
    const url = `${this.settings.baseUrl.replace(/\/$/, "")}/jupyter-mvt/api/${end}`;
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new Away("The server does not answer.");
    }
    if (response.status === 304) {
      return null;
    }
    const told: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      throw refusal(response, told);
    }
    return { view: told as T, tag: response.headers.get("ETag") ?? "" };
  }
}

function refusal(response: Response, told: unknown): Error {
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    return new Away("The server does not answer.");
  }
  const { message, code, hint } = (told ?? {}) as Partial<Record<string, string>>;
  const said = message ?? `The server answered ${response.status} ${response.statusText}.`;
  return new Refused(said, code ?? "request", hint ?? "", response.status);
}
