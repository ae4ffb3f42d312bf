import { describe, expect, it } from 'vitest';
import { parseArmId, sameAzureName } from './arm-id.ts';

const subscription = '7d3c1f3a-4f0e-4d11-9a3c-2f8b8f5c0002';
const group = `/subscriptions/${subscription}/resourceGroups/ml-train`;
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/web`;

describe('an ARM id', () => {
  it('is taken apart, whatever case its words have', () => {
    const parts = {
      subscriptionId: subscription,
      resourceGroup: 'ml-train',
      type: 'virtualMachines',
      name: 'web',
      names: ['web'],
    };
    expect(parseArmId(machine)).toMatchObject(parts);
    expect(parseArmId(machine.replace('resourceGroups', 'RESOURCEGROUPS'))).toMatchObject(parts);
    expect(parseArmId(`${machine}/extensions/x`)).toMatchObject({
      type: 'virtualMachines/extensions',
      name: 'x',
      names: ['web', 'x'],
    });
  });

  it.each([
    ['', 'nothing'],
    [machine.slice(1), 'no slash at the beginning'],
    [`/${machine}`, 'two slashes at the beginning'],
    [`${machine}/`, 'a slash at the end'],
    [`${machine}/x`, 'a type without a name'],
    [group, 'a resource group'],
    [`${group}/providers/Microsoft.Compute`, 'no type'],
    [`/x${machine}`, 'something before it'],
    [machine.replace(subscription, 'mine'), 'a subscription that is no id'],
    [machine.replace('ml-train', 'ml-train/resourceGroups/x'), 'two resource groups'],
    [machine.replace('ml-train', ''), 'an empty resource group'],
    [machine.replace('ml-train', 'ml%2Ftrain'), 'a slash in disguise'],
    [machine.replace('web', 'web?x=/virtualMachines/db'), 'a query'],
    [machine.replace('web', '..\\db'), 'a backslash'],
    [machine.replace('resourceGroups', 're\u017fourceGroups'), 'a long s'],
    [machine.replace('web', 'we\u200bb'), 'an invisible character'],
    [`${machine}${'/a/b'.repeat(20)}`, 'very many parts'],
  ])('%s is none: %s', (text) => {
    expect(parseArmId(text)).toBeUndefined();
  });

  it('names the same in either case, and look-alikes are other names', () => {
    expect(sameAzureName('ML-Train', 'ml-tRAIN')).toBe(true);
    expect(sameAzureName('web', 'web2')).toBe(false);
    expect(sameAzureName('kube', '\u212aube')).toBe(false);
    expect(sameAzureName('strasse', 'stra\u00dfe')).toBe(false);
    expect(sameAzureName('i', '\u0130')).toBe(false);
  });
});
