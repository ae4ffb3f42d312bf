import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'MLflow', family: 'ml-tooling', source: 'https://mlflow.org/docs/latest/auth/' } as const;

export const mlflow: readonly Detector[] = [
  keyed({
    ...of,
    id: 'mlflow-tracking-token',
    title: 'MLflow tracking token or password',
    keywords: ['mlflow_tracking_token', 'mlflow_tracking_password', 'mlflow_token', 'mlflow_password'],
    value: chars('base64url', 16, 128),
    seen: ['MLFLOW_TRACKING_PASSWORD={}', 'os.environ["MLFLOW_TRACKING_TOKEN"] = "{}"'],
    unseen: [
      '"AWS::SageMaker::MlflowTrackingServer": "{}"',
      'MLFLOW_TRACKING_URI=http://mlflow.internal:5000',
      'mlflow.set_tracking_uri("sqlite:///mlruns.db")',
    ],
  }),
];
