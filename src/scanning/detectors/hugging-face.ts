import type { Detector } from '../detector.ts';
import { chars, either, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Hugging Face',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

/** Nearly always letters; a digit is no reason to overlook one. */
const letters = sampled(chars('base62', 34), (make) => make.chars('letters', 34));

export const huggingFace: readonly Detector[] = [
  token({
    ...of,
    id: 'hugging-face-access-token',
    title: 'Hugging Face user access token',
    prefix: 'hf_',
    body: letters,
    seen: [
      'huggingface-cli login --token {}',
      'login(token="{}")',
      'AutoModel.from_pretrained("meta-llama/Llama-2-7b", use_auth_token="{}")',
      'git clone https://user:{}@huggingface.co/user/model',
      'RUN huggingface-cli download gpt2 --token={}',
    ],
    unseen: ['hf_hub_download', 'hf_model_name_or_path_for_the_tokenizer_x', 'from hf_transfer import x'],
  }),
  token({
    ...of,
    id: 'hugging-face-organization-token',
    title: 'Hugging Face organization token (legacy)',
    prefix: 'api_org_',
    body: letters,
    seen: ['HF_ORG_TOKEN={}'],
    unseen: ['api_org_members_list'],
  }),
  token({
    ...of,
    id: 'hugging-face-jwt',
    title: 'Hugging Face Space token',
    prefix: 'hf_jwt_',
    body: seq('eyJ', chars('base64url', 10, 80), '.eyJ', chars('base64url', 20, 400), '.', chars('base64url', 20, 512)),
    notAfter: 'A-Za-z0-9_-',
    source: 'https://huggingface.co/docs/hub/security-tokens (shape from practice, not published)',
    seen: ['requests.get(url, headers={"Authorization": "Bearer {}"})'],
  }),
  token({
    ...of,
    id: 'hugging-face-oauth-token',
    title: 'Hugging Face OAuth token',
    prefix: 'hf_oauth_',
    body: either(
      seq('eyJ', chars('base64url', 10, 80), '.eyJ', chars('base64url', 20, 400), '.', chars('base64url', 20, 512)),
      chars('base64url', 34, 400),
    ),
    notAfter: 'A-Za-z0-9_-',
    source: 'https://huggingface.co/docs/hub/oauth (shape from practice, not published)',
    seen: ['"access_token": "{}"'],
    unseen: ['hf_oauth_client_id_and_secret'],
  }),
];
