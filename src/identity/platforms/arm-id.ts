/** A resource of Azure, as its Resource Manager names it, taken apart. */
export interface ArmId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly provider: string;
  /** `virtualMachines`, or `virtualMachineScaleSets/virtualMachines` for a resource within another. */
  readonly type: string;
  readonly name: string;
  /** Names of all resources on the way, the outermost first. */
  readonly names: readonly string[];
}

const MOST_SEGMENTS = 16;
const segmentForm = /^[\p{L}\p{N}._()-]{1,256}$/u;
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `/subscriptions/{id}/resourceGroups/{name}/providers/{provider}/{type}/{name}…`, exactly; undefined for anything else. */
export function parseArmId(text: string): ArmId | undefined {
  const [empty, ...segments] = text.split('/');
  if (empty !== '' || segments.length > MOST_SEGMENTS || !segments.every((segment) => segmentForm.test(segment)))
    return undefined;
  const [subscriptions, subscriptionId, groups, resourceGroup, providers, provider, ...path] = segments;
  if (subscriptionId === undefined || resourceGroup === undefined || provider === undefined) return undefined;
  const words = [subscriptions, groups, providers].map((word) => asciiLower(word ?? '')).join(' ');
  if (words !== 'subscriptions resourcegroups providers' || !uuidForm.test(subscriptionId)) return undefined;
  const types = path.filter((_segment, at) => at % 2 === 0);
  const names = path.filter((_segment, at) => at % 2 === 1);
  const name = names.at(-1);
  if (name === undefined || names.length !== types.length) return undefined;
  return { subscriptionId, resourceGroup, provider, type: types.join('/'), name, names };
}

/** Names in Azure are the same in any case of their letters. Only ASCII is folded: a Kelvin sign is no `k`. */
export function sameAzureName(one: string, other: string): boolean {
  return asciiLower(one) === asciiLower(other);
}

export function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
