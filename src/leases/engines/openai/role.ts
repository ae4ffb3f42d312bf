import { z } from 'zod';

/** What keys may do. */
export interface OpenaiRole {
  /** As OpenAI calls them: `api.model.request`. Empty: all that a member of the project may do. */
  readonly scopes: readonly string[];
}

export const openaiRoleFields = {
  scopes: z.array(z.string().regex(/^[a-z0-9][a-z0-9._:-]{0,127}$/, 'must be the name of a scope')).max(64),
} satisfies z.ZodRawShape;

export const newOpenaiRole: OpenaiRole = { scopes: [] };

export function checkOpenaiRole({ scopes }: OpenaiRole): readonly string[] {
  return scopes.length > 0 ? [] : ['without scopes its keys may do whatever a member of the project may'];
}
