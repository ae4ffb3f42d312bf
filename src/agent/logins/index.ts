export { approleLogin } from './approle.ts';
export { awsLogin } from './aws.ts';
export { azureLogin } from './azure.ts';
export { certLogin } from './cert.ts';
export { gcpLogin } from './gcp.ts';
export { jwtLogin } from './jwt.ts';
export { kubernetesLogin } from './kubernetes.ts';
export { userpassLogin } from './userpass.ts';
