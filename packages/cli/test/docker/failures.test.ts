// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles and Compose files have variables of this form
import assert from "node:assert/strict";
import { test } from "node:test";
import { lastLines } from "@groundplan/programs";
import { explainFailure } from "../../src/docker/failures.js";
import { explainPullFailure } from "../../src/docker/pull-failures.js";

/** As Docker 20.10 (engine), 28.2 (client) and docker-compose 1.29 print them, except where a newer version is named. */
const FAILURES: readonly { readonly text: string; readonly message: string; readonly fix: RegExp }[] = [
  {
    text: 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
    message: "you may not use the Docker engine at unix:///var/run/docker.sock",
    fix: /usermod -aG docker/,
  },
  {
    // Docker 29
    text: "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
    message: "you may not use the Docker engine at unix:///var/run/docker.sock",
    fix: /usermod -aG docker/,
  },
  {
    text: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    message: "the Docker engine does not run, or not at unix:///var/run/docker.sock",
    fix: /systemctl start docker/,
  },
  {
    text: "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?",
    message: "the Docker engine does not run, or not at tcp://127.0.0.1:1",
    fix: /DOCKER_HOST/,
  },
  {
    // Docker 29
    text: "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
    message: "the Docker engine does not run, or not at unix:///var/run/docker.sock",
    fix: /systemctl start docker/,
  },
  {
    text: 'Failed to initialize: unable to resolve docker endpoint: context "abc": context not found: open /home/me/.docker/contexts/meta/ba78/meta.json: no such file or directory',
    message: 'Docker\'s context "abc" does not exist',
    fix: /docker context ls/,
  },
  {
    text: 'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    message: "the Docker engine is no swarm manager",
    fix: /docker swarm init/,
  },
  {
    text: "ERROR: for front  Cannot start service front: driver failed programming external connectivity on endpoint c_front_1 (6580b499589fae51dc0b9f303754b31d64b13ca130ef6afdbf9a980778d8af7e): Error starting userland proxy: listen tcp4 127.0.0.1:8000: bind: address already in use",
    message: "port 8000 on 127.0.0.1 is taken: front cannot be published there",
    fix: /--port front=9000/,
  },
  {
    text: "driver failed programming external connectivity on endpoint h2 (7de24eb6e4b3e87dad2b393394dae7b45a6e33291f45c54add2ea61d9959fd33): Bind for 127.0.0.1:8000 failed: port is already allocated",
    message: "port 8000 on 127.0.0.1 is taken: front cannot be published there",
    fix: /--port front=9000/,
  },
  {
    // Docker 28
    text: "failed to set up container networking: driver failed programming external connectivity on endpoint front (6580): failed to bind host port 127.0.0.1:8000/tcp: address already in use",
    message: "port 8000 on 127.0.0.1 is taken: front cannot be published there",
    fix: /--port front=9000/,
  },
  {
    // Docker 28.5
    text: "Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint c-front-1 (1c2f3a14d2bc20dbe48c35020c9eab2b574f90be763433819a7a2b3dd8ff677a): failed to bind host port for 127.0.0.1:8000:172.19.0.2:80/tcp: address already in use",
    message: "port 8000 on 127.0.0.1 is taken: front cannot be published there",
    fix: /--port front=9000/,
  },
  {
    // Docker 28.5
    text: "driver failed programming external connectivity on endpoint silly_sinoussi (1b64746d101b16ade0cebcb66b3845d1016d5ccb27ca59ef2ca68aabe4350237): failed to bind host port for [::1]:8000:172.17.0.3:80/tcp: address already in use",
    message: "port 8000 on [::1] is taken: front cannot be published there",
    fix: /--port front=9000/,
  },
  {
    // Docker 28.5
    text: "driver failed programming external connectivity on endpoint charming_kilby (d9c3079d94a0d4b73e68ba32a054233ca0ab50fa0f59b0d64af505ded489a752): failed to bind host port for 10.9.9.9:8123:172.17.0.3:80/tcp: cannot assign requested address",
    message: "front cannot be published on 10.9.9.9: this machine has no such address",
    fix: /BIND_ADDRESS/,
  },
  {
    text: "driver failed programming external connectivity on endpoint hungry_kilby (086b249b4a4dc410ccb53001adb7c140e7d6b83a198bbb21466f07463df4f975): Error starting userland proxy: listen tcp4 10.9.9.9:8000: bind: cannot assign requested address",
    message: "front cannot be published on 10.9.9.9: this machine has no such address",
    fix: /BIND_ADDRESS/,
  },
  {
    text: "Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
    message: "the Docker engine has no addresses left for another network",
    fix: /docker network prune/,
  },
  {
    text: 'ERROR: for front  Service "back" is missing a healthcheck configuration\nEncountered errors while bringing up the project.',
    message: "others wait until back is healthy, but its image has no health check",
    fix: /HEALTHCHECK/,
  },
  {
    // docker compose 2
    text: "dependency failed to start: container c-back-1 has no healthcheck configured",
    message: "others wait until c-back-1 is healthy, but its image has no health check",
    fix: /HEALTHCHECK/,
  },
  {
    text: 'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuchprog": executable file not found in $PATH: unknown',
    message: 'front cannot start: its image has no program "nosuchprog"',
    fix: /CMD/,
  },
  {
    text: "Service 'front' needs to be built, but --no-build was passed.",
    message: "the image of front was not built",
    fix: /groundplan build/,
  },
  {
    text: "Missing mandatory value for \"environment\" option interpolating {'TOKEN': '${TOKEN:?write it into .env}'} in service \"front\": write it into .env",
    message: "the file .env lacks a value (write it into .env)",
    fix: /groundplan synth compose/,
  },
  {
    text: "write /var/lib/docker/tmp/x: no space left on device",
    message: "the disk of the Docker engine is full",
    fix: /docker system df/,
  },
];

test("what Docker says is told in a sentence with a fix", () => {
  for (const { text, message, fix } of FAILURES) {
    const problem = explainFailure(text, "front");
    assert.equal(problem?.message, message, text);
    assert.match(problem.fix, fix, text);
  }
});

test("a failure that is not known is not explained", () => {
  assert.equal(explainFailure("something else went wrong", "front"), null);
  assert.equal(explainFailure("", "front"), null);
});

test("another port is proposed, and there is one beside the highest too", () => {
  const taken = (port: number) => explainFailure(`Bind for 0.0.0.0:${port} failed: port is already allocated`, "vote")?.fix ?? "";
  assert.match(taken(8080), /--port vote=9080\)/);
  assert.match(taken(65_000), /--port vote=64000\)/);
});

test("an image that cannot be pulled is told with its name, the reason and a fix that fits", () => {
  const reasons: readonly [text: string, reason: RegExp, fix: RegExp][] = [
    [
      'Error response from daemon: Head "http://127.0.0.1:5000/v2/team/web/manifests/1.2": no basic auth credentials',
      /does not give it to you/,
      /docker login/,
    ],
    [
      'Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example on 192.0.2.53:53: no such host',
      /cannot be reached/,
      /docker load/,
    ],
    [
      'Error response from daemon: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      /cannot be reached/,
      /proxy/,
    ],
    ["Error response from daemon: manifest unknown", /no such image, or none of this version/, /name and version/],
    ["Error response from daemon: denied", /does not give it to you/, /docker login/],
    [
      "Error response from daemon: pull access denied for nosuch/image, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      /does not give it to you/,
      /docker login/,
    ],
    ["Error response from daemon: toomanyrequests: You have reached your pull rate limit.", /too many requests/, /wait/],
    [
      "Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries",
      /none for this engine's kind/,
      /another image/,
    ],
    ["Error response from daemon: received unexpected HTTP status: 500 Internal Server Error", /refuses it/, /docker pull/],
  ];
  for (const [text, reason, fix] of reasons) {
    const problem = explainPullFailure(text, "redis:7.2");
    assert.match(problem.message, /^the image redis:7\.2 cannot be pulled: /, text);
    assert.match(problem.message, reason, text);
    assert.match(problem.fix, fix, text);
    assert.deepEqual(problem.detail, [text]);
  }
  const full = explainPullFailure("write /var/lib/docker/tmp/GetImageBlob1: no space left on device", "redis:7.2");
  assert.equal(full.message, "the disk of the Docker engine is full");
});

test("the last lines are those that say something, without colours and the builder's advice", () => {
  const text = [
    "Step 4/5 : RUN echo two >&2 && false",
    "\u001b[91mtwo",
    "\u001b[0mDEPRECATED: The legacy builder is deprecated and will be removed in a future release.",
    "            Install the buildx component to build images with BuildKit:",
    "            https://docs.docker.com/go/buildx/",
    "",
    "The command '/bin/sh -c echo two >&2 && false' returned a non-zero code: 1\r",
  ].join("\n");
  const expected = [
    "Step 4/5 : RUN echo two >&2 && false",
    "two",
    "The command '/bin/sh -c echo two >&2 && false' returned a non-zero code: 1",
  ];
  assert.deepEqual(lastLines(text, 9), expected);
  assert.deepEqual(lastLines(text, 1), expected.slice(-1));
});
