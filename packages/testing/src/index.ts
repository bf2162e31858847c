export { ComposeRun, type ComposeRunOptions, type OutsideWorld, openOutsideWorld } from "./docker/compose-run.js";
export { type DockerEngine, type MissingEngine, openDockerEngine, openEmptyEngine } from "./docker/docker-engine.js";
export { type Outcome, type ProgramOptions, runProgram, tryProgram } from "./docker/run-program.js";
export { type BaseImage, MONITORING_STAND_INS, STAND_IN_IMAGES } from "./docker/stand-in-images.js";
export { freePort } from "./free-port.js";
export { startHosts, type TestHosts } from "./hosts/start-hosts.js";
export { type Attempt, type AttemptOutcome, addressesOf, type Namespaces, openNamespaces } from "./namespaces/open-namespaces.js";
export { type Addresses, renderNftables } from "./namespaces/render-nftables.js";
export { openClients } from "./open-clients.js";
export {
  BROWSER,
  BROWSER_ARGUMENTS,
  missingProgram,
  pathWithPrograms,
  programPath,
  TERRAFORMS,
  type TerraformProgram,
} from "./programs.js";
export { propertyRuns } from "./property-runs.js";
export { awkwardStack, minimalStack, singleHostStack, votingStack } from "./sample-stacks.js";
export { type Databases, startDatabases } from "./start-databases.js";
export { until, untilDone } from "./until.js";
