import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../foundation/node-ports.ts';
import { runWithCredential } from './execution.ts';
import { LeaseServer, SleepingClock } from './testing/lease-server.ts';

let place: string;
let clock: SleepingClock;
let server: LeaseServer;
let signals: EventEmitter;
let said: string[];

/** Only a test that wants it moves time. */
class PatientClock extends SleepingClock {
  override async sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  }
}

const execute = (words: readonly string[]) =>
  runWithCredential(words, {
    source: server.source(),
    clock,
    random: systemRandom,
    env: { PATH: process.env['PATH'] },
    places: [place],
    signals,
    prefix: 'DB_',
    say: (text) => void said.push(text),
  });
const node = (program: string, ...args: string[]) => [process.execPath, '-e', program, ...args];

async function appeared(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.skipIf(!existsSync('/dev/shm'))('a command with a credential', () => {
  let out: string;
  beforeEach(() => {
    place = mkdtempSync('/dev/shm/watchword-test-');
    out = join(place, 'out');
    clock = new PatientClock();
    server = new LeaseServer(clock);
    signals = new EventEmitter();
    said = [];
  });
  afterEach(() => {
    expect(readdirSync(place).filter((name) => name.startsWith('watchword-'))).toEqual([]);
    expect(signals.eventNames()).toEqual([]);
    rmSync(place, { recursive: true });
  });

  it('finds it in files, and nowhere else', async () => {
    const program = `
      const { readFileSync, writeFileSync, statSync } = require('fs');
      const { WATCHWORD_CREDENTIALS_FILE: json, WATCHWORD_CREDENTIALS_ENV_FILE: env } = process.env;
      writeFileSync(process.argv[1], JSON.stringify({
        json: JSON.parse(readFileSync(json)), env: readFileSync(env, 'utf8'),
        environment: process.env, words: readFileSync('/proc/self/cmdline', 'utf8'), mode: statSync(env).mode & 0o777,
      }));`;
    expect(await execute(node(program, out))).toBe(0);
    const seen = JSON.parse(readFileSync(out, 'utf8'));
    expect(seen).toMatchObject({
      json: { username: 'user-1', password: `it's "1"` },
      env: `DB_USERNAME='user-1'\nDB_PASSWORD="it's \\"1\\""\n`,
      mode: 0o600,
    });
    expect(JSON.stringify([seen.environment, seen.words])).not.toContain('user-1');
    expect(server.leases.size).toBe(0);
  });

  it('gives its exit code, and by a signal as shells do', async () => {
    expect(await execute(node('process.exit(7)'))).toBe(7);
    expect(await execute(node('process.kill(process.pid, "SIGKILL")'))).toBe(137);
    expect([server.leases.size, said]).toEqual([0, []]);
  });

  it.each([
    [['watchword-no-such-command'], 127, 'there is no such command'],
    [['/dev/shm'], 126, 'the command cannot be run'],
    [['nul\0'], 126, 'the command cannot be run'],
  ])('that cannot be started leaves nothing behind: %j', async (words, code, text) => {
    expect(await execute(words)).toBe(code);
    expect([server.leases.size, said]).toEqual([0, [expect.stringContaining(text)]]);
  });

  it('hears the signals that we get, and may take its time', async () => {
    const program = `
      process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000);
      require('fs').writeFileSync(process.argv[1], '');`;
    const running = execute(node(program, out));
    await appeared(out);
    signals.emit('SIGTERM');
    expect(await running).toBe(9);
    expect(server.leases.size).toBe(0);
  });

  it('may delete its folder, or put a link there: nothing else is touched', async () => {
    const precious = join(place, 'precious');
    writeFileSync(precious, 'x');
    const program = `
      const fs = require('fs'); const file = process.env.WATCHWORD_CREDENTIALS_FILE;
      fs.rmSync(file); fs.symlinkSync(process.argv[1], file);`;
    expect(await execute(node(program, precious))).toBe(0);
    expect(readFileSync(precious, 'utf8')).toBe('x');
  });

  it('is not started when no credential could be had', async () => {
    server.trouble.set('training', 403);
    await expect(execute(node('require("fs").writeFileSync(process.argv[1], "")', out))).rejects.toThrow('permission denied');
    expect(existsSync(out)).toBe(false);
  });

  it('is not started when somebody interrupts before it is there, and what was issued is given back', async () => {
    const running = execute(node('require("fs").writeFileSync(process.argv[1], "")', out));
    signals.emit('SIGINT');
    expect(await running).toBe(130);
    expect([existsSync(out), server.count('training'), server.leases.size]).toEqual([false, 1, 0]);
  });

  it('is waited for no longer after the second interrupt', async () => {
    const running = execute(node('require("fs").writeFileSync(process.argv[1], "")', out));
    signals.emit('SIGINT');
    // The same press of a key, twice.
    signals.emit('SIGINT');
    clock.time += 1000;
    signals.emit('SIGINT');
    expect(await running).toBe(130);
    expect(existsSync(out)).toBe(false);
    expect(said.join()).toMatch(/ends by itself/);
  });

  it('whose credential the server does not take back is not waited for after another interrupt', async () => {
    server.trouble.set('give-back', 'silent');
    const running = execute(node(''));
    while (server.count('give-back') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The press of a key that ended the command.
    signals.emit('SIGINT');
    expect([said, readdirSync(place)]).toEqual([[], []]);
    clock.time += 1000;
    signals.emit('SIGINT');
    expect(await running).toBe(0);
    expect(said).toEqual([expect.stringMatching(/could not be given back .*ends by itself at 2026-01-02 03:05 UTC/)]);
  });
});
