import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../src/swarm/state.js";
import { describeService, hasFallenBack, isDeployed, parseSwarm, type SwarmService, serviceIds } from "../../src/swarm/state.js";
import { type DeployWait, explainDeploy, renderServices, requireNewImages, waitUntilDeployed } from "../../src/swarm/swarm.js";
import { fakeProgress, fakeRunner } from "../docker/fake-runner.js";
import { run } from "../helpers.js";

/** What engine 20.10 printed, with what nobody reads cut away. */
const TEXTS = {
  list: [
    '{"ID":"odulrf148bgf","Image":"gp/nosuch:1","Mode":"replicated","Name":"sw_bad","Ports":"","Replicas":"0/1"}',
    '{"ID":"u0btpwc1xdt8","Image":"gp/web:1","Mode":"replicated","Name":"sw_web","Ports":"*:9444-\\u003e80/tcp","Replicas":"2/2 (max 1 per node)"}',
  ].join("\n"),
  inspect: JSON.stringify([
    {
      ID: "u0btpwc1xdt8dzbm6zb538ft5",
      Spec: { Name: "sw_web" },
      UpdateStatus: {
        State: "rollback_completed",
        StartedAt: "2026-11-22T10:09:43.636436644Z",
        CompletedAt: "2026-11-22T10:09:59.831247457Z",
        Message: "rollback completed",
      },
      Endpoint: { Ports: [{ Protocol: "tcp", TargetPort: 80, PublishedPort: 9444, PublishMode: "ingress" }] },
    },
    { ID: "odulrf148bgf", Spec: { Name: "sw_bad" }, Endpoint: { Spec: {} } },
  ]),
  tasks: [
    '{"CurrentState":"Rejected 3 seconds ago","DesiredState":"Ready","Error":"\\"No such image: gp/nosuch:1\\"","ID":"j6","Image":"gp/nosuch:1","Name":"sw_bad.1","Node":"vm","Ports":""}',
    '{"CurrentState":"Rejected 9 seconds ago","DesiredState":"Shutdown","Error":"\\"No such image: gp/nosuch:1\\"","ID":"fk","Image":"gp/nosuch:1","Name":"sw_bad.1","Node":"vm","Ports":""}',
    '{"CurrentState":"Failed 33 seconds ago","DesiredState":"Shutdown","Error":"\\"task: non-zero exit (4)\\"","ID":"p4","Image":"gp/web:1","Name":"sw_web.1","Node":"vm","Ports":""}',
    '{"CurrentState":"Running 52 seconds ago","DesiredState":"Running","Error":"","ID":"k8","Image":"gp/web:1","Name":"sw_web.1","Node":"vm","Ports":""}',
  ].join("\n"),
};

const [bad, web] = parseSwarm("sw", TEXTS) as readonly [SwarmService, SwarmService];

test("the services of a swarm are read from what the engine prints", () => {
  assert.deepEqual(bad, { service: "bad", running: 0, wanted: 1, update: null, ports: [], errors: ["No such image: gp/nosuch:1"] });
  assert.deepEqual(web, {
    service: "web",
    running: 2,
    wanted: 2,
    update: { state: "rollback_completed", message: "rollback completed", startedAt: "2026-11-22T10:09:43.636436644Z" },
    ports: [{ port: 80, address: "127.0.0.1:9444" }],
    errors: ["task: non-zero exit (4)"],
  });
  assert.deepEqual(serviceIds(TEXTS.list), ["odulrf148bgf", "u0btpwc1xdt8"]);
  assert.deepEqual(parseSwarm("sw", { list: "", inspect: "", tasks: "" }), []);
});

test("errors that differ in numbers of containers only are one", () => {
  const error = (id: string) =>
    JSON.stringify({ Name: "sw_web.1", Error: `starting container failed: container ${id}: veth${id.slice(0, 7)} is gone` });
  const tasks = [error("fa54728e2ab7526c810d6c17b4f33b39"), error("3254a0546e2e9934e34cde28b693a0d9")].join("\n");
  assert.deepEqual(parseSwarm("sw", { ...TEXTS, tasks })[1]?.errors, ["starting container failed: container ...: ... is gone"]);
});

const update = (state: string) => ({ ...web, update: { state, message: "", startedAt: state } });

test("deployed is what runs in full, with no update under way, whether the update held or not", () => {
  assert.ok(isDeployed({ ...web, update: null }) && isDeployed(update("completed")));
  assert.ok(!isDeployed(update("updating")) && !isDeployed(update("rollback_started")) && !isDeployed(bad));
  for (const state of ["paused", "rollback_paused", "rollback_completed"]) assert.ok(hasFallenBack(update(state)), state);
  for (const state of ["updating", "completed", "rollback_started"]) assert.ok(!hasFallenBack(update(state)), state);
  assert.equal(describeService(bad), "0 of 1 healthy, No such image: gp/nosuch:1");
  assert.equal(describeService(web), "2 of 2 healthy, rollback completed");
  assert.equal(describeService(update("completed")), "2 of 2 healthy");
});

test("the table of services shows copies, update, address and what went wrong last", () => {
  assert.equal(
    renderServices([bad, web]),
    [
      "SERVICE  HEALTHY  UPDATE              ADDRESS                LAST ERROR",
      "bad      0 of 1   -                   -                      No such image: gp/nosuch:1",
      "web      2 of 2   rollback_completed  http://127.0.0.1:9444  -",
    ].join("\n"),
  );
});

function wait(states: readonly (readonly SwarmService[])[], change: Partial<DeployWait> = {}) {
  let looks = 0;
  return waitUntilDeployed({
    names: ["web"],
    look: async () => states[Math.min(looks++, states.length - 1)] ?? [],
    before: [],
    timeoutMs: 60_000,
    progress: fakeProgress(),
    signal: new AbortController().signal,
    ...change,
  });
}

test("a deployment is done when its update has completed, also one that shows itself a moment late", async () => {
  const states = [[], [{ ...web, update: null }], [update("updating")], [update("completed")]];
  assert.deepEqual(await wait(states), { services: [update("completed")], verdict: "deployed" });
});

test("a deployment that fell back has failed, unless that was before", async () => {
  assert.equal((await wait([[update("updating")], [web]])).verdict, "failed");
  assert.equal((await wait([[web]], { before: [web] })).verdict, "deployed");
});

test("an image that nobody has ends the wait, and so does the time", async () => {
  assert.equal((await wait([[bad]], { names: ["bad"] })).verdict, "failed");
  assert.equal((await wait([[{ ...bad, errors: [] }]], { names: ["bad"], timeoutMs: 1 })).verdict, "late");
  assert.equal((await wait([[]], { timeoutMs: 1 })).verdict, "late");
});

test("what went wrong is told with the reasons of the copies and their last lines", async () => {
  const runner = fakeRunner({
    "docker service logs --raw --tail 8 sw_web": { stderr: "no DB" },
    "docker service logs --raw --tail 8 sw_bad": {},
  });
  const failed = await explainDeploy(runner, "sw", { services: [bad, web], verdict: "failed" }, 300);
  assert.deepEqual(
    failed.map(({ message }) => message),
    [
      "the image of gp/nosuch:1 was not built",
      "web: its new version didn't stay healthy, what runs is the version before (rollback completed)",
    ],
  );
  assert.deepEqual(failed[1]?.detail, ["task: non-zero exit (4)", "no DB"]);
  const slow = { ...web, running: 1, update: null };
  assert.deepEqual(await explainDeploy(runner, "sw", { services: [slow], verdict: "failed" }, 300), []);
  const late = await explainDeploy(runner, "sw", { services: [slow], verdict: "late" }, 300);
  assert.equal(late[0]?.message, "web: 1 of 2 copies are healthy after 300 s");
});

test("an image that was built anew under the name that runs is refused, since Swarm would not take it", () => {
  const built = { service: "web", image: "gp/web:1", id: "sha256:new", sizeBytes: 1, overBaseBytes: null, seconds: 1 };
  const container = { service: "web", imageName: "gp/web:1", imageId: "sha256:old" } as Parameters<typeof requireNewImages>[1][number];
  assert.throws(() => requireNewImages([built], [container]), {
    name: "UserError",
    message: /^web: its image gp\/web:1 has changed, .*--tag v2$/s,
  });
  requireNewImages([built], []);
  requireNewImages([built], [{ ...container, imageId: "sha256:new" }]);
  requireNewImages([built], [{ ...container, imageName: "gp/web:0" }]);
  requireNewImages([built], [{ ...container, service: "other" }]);
});

test("the swarm is asked with these words", () => {
  assert.deepEqual(commands.deployStack("sw", { TAG: "v2" }), {
    program: "docker",
    args: ["stack", "deploy", "--compose-file", "stack.yaml", "--resolve-image", "never", "sw"],
    env: { TAG: "v2" },
  });
  assert.deepEqual(commands.removeStack("sw").args, ["stack", "rm", "sw"]);
  assert.deepEqual(commands.isManager().args, ["info", "--format", "{{.Swarm.ControlAvailable}}"]);
  const label = "label=com.docker.stack.namespace=sw";
  assert.deepEqual(commands.listServices("sw").args, ["service", "ls", "--filter", label, "--format", "{{json .}}"]);
  assert.deepEqual(commands.listServiceNames(commands.stackLabel("sw")).args, [
    "service",
    "ls",
    "--filter",
    label,
    "--format",
    "{{.Name}}",
  ]);
  assert.deepEqual(commands.listNetworks(commands.stackLabel("sw")).args, ["network", "ls", "--filter", label, "--format", "{{.Name}}"]);
  assert.deepEqual(commands.inspectServices(["1a", "2b"]).args, ["service", "inspect", "1a", "2b"]);
  assert.deepEqual(commands.listTasks("sw").args, ["stack", "ps", "--no-trunc", "--format", "{{json .}}", "sw"]);
  assert.deepEqual(commands.serviceLogs("sw_web", 8).args, ["service", "logs", "--raw", "--tail", "8", "sw_web"]);
});

test("options of deploy are not for the others", async () => {
  const { code, err } = await run(".", "swarm", "rm", "--tag", "v2");
  assert.equal(code, 2);
  assert.match(err, /--tag is not for swarm rm, but for swarm deploy\./);
});
