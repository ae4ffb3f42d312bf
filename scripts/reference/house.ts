import { mayImport, type Room, rooms } from '../../test/architecture/house.ts';
import { code, type Page, page, table } from './page.ts';

function imports({ floor, only, later, ...room }: Room): string {
  if (only === undefined) return floor === 0 ? 'nothing' : floor === 1 ? 'floor 0' : `floors 0 to ${(floor ?? 0) - 1}`;
  const names = mayImport({ ...room, only })
    .map(code)
    .join(', ');
  return later === undefined ? names : `${names}; ${later.map(code).join(', ')} by \`await import()\` alone`;
}

export const housePage: Page = {
  file: 'house.md',
  render: () =>
    page(
      'The house',
      'Each folder under `src/` is a room. A room imports from lower floors and from itself, never from beside or above; ' +
        'types count as well. `test/architecture.test.ts` fails at the first breach. A room without a folder is planned.',
      table(
        ['Floor', 'Room', 'What it is', 'Imports'],
        rooms
          .toSorted((a, b) => (b.floor ?? -1) - (a.floor ?? -1))
          .map((room) => [String(room.floor ?? 'aside'), code(room.name), room.line, imports(room)]),
      ),
    ),
};
