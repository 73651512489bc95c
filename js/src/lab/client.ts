/** Asks the server extension; everything goes through the server's own address and its checks. */

import { ServerConnection } from "@jupyterlab/services";
import type { NoticeView, Progress } from "../protocol/wire";
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
  notice: NoticeView;
  operation: number;
}

/** How long work is followed: told how far it is, and given what stops it. */
export interface Follow {
  show: (progress: Progress) => void;
  stopper: (stop: () => void) => void;
}

/** Work that goes on. */
interface Going {
  job: string;
  progress: Progress;
}

/** Between two questions about work that goes on, in milliseconds. */
const EVERY = 1000;

export interface Answer<T> {
  view: T;
  tag: string;
}

export class Client {
  /** So many pieces of long work are followed: then nothing else is asked every few seconds. */
  following = 0;

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

  /** Does something to the repository; the answer says how to take it back. Long work is followed to its end. */
  async act(key: string, name: string, wish: Record<string, string | number>, follow?: Follow): Promise<Done> {
    const answer = await this.post<Done | Going>(`repositories/${key}/${name}`, wish);
    this.following += 1;
    try {
      return await this.follow(answer, follow);
    } finally {
      this.following -= 1;
    }
  }

  /** A figure that a version keeps: its kind, and where the page finds it until that is revoked. */
  async figure(key: string, revision: string, number: number): Promise<{ mime: string; url: string }> {
    const response = await this.request(`repositories/${key}/output?${new URLSearchParams({ revision, number: String(number) })}`);
    if (!response.ok) {
      throw refusal(response, await response.json().catch(() => null));
    }
    const blob = await response.blob();
    return { mime: blob.type, url: URL.createObjectURL(blob) };
  }

  private async follow(first: Done | Going, follow?: Follow): Promise<Done> {
    let answer = first;
    while ("job" in answer) {
      const { job, progress } = answer;
      follow?.show(progress);
      follow?.stopper(() => void this.post(`jobs/${job}/stop`, {}).catch(() => undefined));
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      answer = await this.look(job, answer);
    }
    return answer;
  }

  /** How far work is now; a server that is away for a moment has not forgotten it. */
  private async look(job: string, last: Going): Promise<Done | Going> {
    try {
      const answer = await this.ask<Done | Going>(`jobs/${job}`);
      return (answer as Answer<Done | Going>).view;
    } catch (error) {
      if (error instanceof Away) {
        return last;
      }
      throw error;
    }
  }

  private async post<T>(end: string, wish: Record<string, string | number>): Promise<T> {
    const answer = await this.ask<T>(end, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
    });
    return (answer as Answer<T>).view;
  }

  private async ask<T>(end: string, init: RequestInit = {}): Promise<Answer<T> | null> {
    const response = await this.request(end, init);
    if (response.status === 304) {
      return null;
    }
    const told: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      throw refusal(response, told);
    }
    return { view: told as T, tag: response.headers.get("ETag") ?? "" };
  }

  private async request(end: string, init: RequestInit = {}): Promise<Response> {
    const url = `${this.settings.baseUrl.replace(/\/$/, "")}/jupyter-mvt/api/${end}`;
    try {
      return await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new Away("The server does not answer.");
    }
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
