import type { PlatformRequest, Surroundings } from '../surroundings.ts';

/** Surroundings that hold what a test puts into them; whoever is asked for something else does not answer. */
export class MemorySurroundings implements Surroundings {
  readonly env: Record<string, string> = {};
  readonly home = '/people/ada';
  readonly files = new Map<string, string>();
  /** By `METHOD url`. */
  readonly answers = new Map<string, string | ((request: PlatformRequest) => string | undefined)>();
  readonly asked: PlatformRequest[] = [];
  time = Date.UTC(2026, 0, 2, 3, 4, 5);

  readonly now = (): number => this.time;

  readonly file = async (path: string): Promise<string | undefined> => this.files.get(path);

  readonly ask = async (request: PlatformRequest): Promise<string | undefined> => {
    this.asked.push(request);
    const answer = this.answers.get(`${request.method ?? 'GET'} ${request.url}`);
    return typeof answer === 'function' ? answer(request) : answer;
  };
}
