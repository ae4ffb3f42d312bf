import { faultOfCidr } from './source-addresses.ts';

export type Options = Readonly<Record<string, string>>;

/** OpenSSH's PROTOCOL.certkeys: what widens what a session may do. Each is there or not. */
const extensionNames = [
  'permit-X11-forwarding',
  'permit-agent-forwarding',
  'permit-port-forwarding',
  'permit-pty',
  'permit-user-rc',
  'no-touch-required',
];

/** Somebody's own: `login@github.com`. */
const OWN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/;

export const isExtension = (name: string): boolean => extensionNames.includes(name) || OWN.test(name);

/** What is wrong with these extensions; undefined when nothing is. */
export function faultOfExtensions(extensions: Options): string | undefined {
  for (const [name, value] of Object.entries(extensions)) {
    if (!isExtension(name)) return `holds an extension that OpenSSH does not know: it knows ${extensionNames.join(', ')}`;
    if (value !== '' && !OWN.test(name)) return `gives ${name} a value, which is there or not`;
  }
  return undefined;
}

const criticalValues: Readonly<Record<string, (value: string) => string | undefined>> = {
  'force-command': (value) => (value.trim() === '' ? 'gives force-command no command' : undefined),
  'source-address': (value) => firstFault(value.split(','), faultOfCidr),
  'verify-required': (value) => (value === '' ? undefined : 'gives verify-required a value, which is there or not'),
};

export const isCriticalOption = (name: string): boolean => Object.hasOwn(criticalValues, name) || OWN.test(name);

/** What is wrong with these critical options; undefined when nothing is. A server refuses a certificate with one that it does not know. */
export function faultOfCriticalOptions(options: Options): string | undefined {
  return firstFault(Object.entries(options), ([name, value]) => {
    if (!isCriticalOption(name)) {
      return `holds an option that OpenSSH does not know: it knows ${Object.keys(criticalValues).join(', ')}`;
    }
    return Object.hasOwn(criticalValues, name) ? criticalValues[name]?.(value) : undefined;
  });
}

function firstFault<Each>(all: readonly Each[], faultOf: (each: Each) => string | undefined): string | undefined {
  for (const each of all) {
    const fault = faultOf(each);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
