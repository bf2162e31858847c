import { type Plan, PROMETHEUS_PORT } from "@groundplan/model";
import { monitoringOf } from "../../../monitoring/reach.js";
import { plainScalar } from "../plain-scalar.js";
import { STAND_INS } from "./monitoring-files.js";

/** What the plays below have in common: the shared tasks take what they know of a component from "components". */
const VARS = `  vars:
    components: "{{ monitors[inventory_hostname] | default({}) }}"
    own: "{{ components | list | difference(monitors_left_out) }}"`;

/** playbooks/deploy-monitoring.yml */
export function deployMonitoring(plan: Plan): string {
  const { on } = monitoringOf(plan);
  return `---
# Prometheus, Alertmanager and Grafana on ${on}, exporters beside what they tell of. Ends when Prometheus reads all that it should.
- name: Deploy monitoring
  hosts: all
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [deploy, monitoring]
${VARS}
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Need the topic for alarms # noqa: run-once[task]
      ansible.builtin.assert:
        that: not sends_alarms or alarm_topic_arn is not none
        fail_msg: "The outputs of Terraform lack alarm_topic_arn: run 'terraform apply', and write terraform-output.json anew"
        quiet: true
      run_once: true

    - name: Need Docker
      ansible.builtin.import_tasks: ../tasks/need-docker.yml

    - name: Deliver the images
      ansible.builtin.include_tasks: ../tasks/deliver-images.yml
      vars:
        wanted: "{{ own }}"
      when: docker_answers

    - name: Write what they read
      ansible.builtin.include_tasks: ../tasks/write-monitor-files.yml
      when: inventory_hostname == '${on}'

    - name: Deploy each
      ansible.builtin.include_tasks: ../tasks/deploy-component.yml
      loop: "{{ own }}"
      loop_control:
        loop_var: component

- name: See that all is watched
  hosts: ${plainScalar(on)}
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [deploy, monitoring]
${VARS}
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: See that they reach each other
      ansible.builtin.command:
        argv: [python3, "-", "{{ links | to_json }}"]
        stdin: "{{ lookup('ansible.builtin.file', inventory_dir ~ '/files/probe.py') }}"
      vars:
        links: >-
          [{% for each in monitor_links if each.as in own -%}
          {{ {'address': hostvars[each.to].private_ip, 'port': each.port, 'container': each.as} | to_json }},
          {%- endfor %}]
      changed_when: false
      register: monitor_probe
      failed_when: monitor_probe.rc != 0 or monitor_probe.stdout | from_json | rejectattr('result', 'eq', 'open') | length > 0
      when: not ansible_check_mode

    - name: Wait until Prometheus reads every target
      ansible.builtin.uri:
        url: "http://{{ private_ip }}:${PROMETHEUS_PORT}/api/v1/targets?state=active"
      register: targets
      until: targets.json is defined and targets.json.data.activeTargets | rejectattr('health', 'eq', 'up') | length == 0
      retries: 40
      delay: 2
      failed_when: false
      when: not ansible_check_mode

    - name: Show what it reads
      ansible.builtin.debug:
        msg: "{{ lines }}"
      vars:
        lines: |-
          [{% for each in targets.json.data.activeTargets -%}
          {{ ('%-4s %-24s %s %s' | format(each.health, each.labels.job, each.scrapeUrl, each.lastError)) | to_json }},
          {%- endfor -%}]
      when: targets.json is defined

    - name: Refuse what it cannot read
      ansible.builtin.fail:
        msg: >-
          {{ unread | length }} of {{ known | length }} targets are not read{{ ': see the lines above that do not begin with up'
          if known else ', since Prometheus does not answer: ' ~ targets.msg | default('') }}
      vars:
        known: "{{ targets.json.data.activeTargets if targets.json is defined else [] }}"
        unread: "{{ known | rejectattr('health', 'eq', 'up') }}"
      when: not ansible_check_mode and (known | length == 0 or unread | length > 0)
`;
}

/** Makes the files of monitoring on its host those beside the inventory. */
export const WRITE_MONITOR_FILES = `---
# Makes the files that monitoring reads those of "monitor_folder", with the outputs of Terraform in them. What is no more goes.
- name: Make the folder of the deployment
  ansible.builtin.import_tasks: deploy-folder.yml

- name: Write the files of monitoring
  ansible.builtin.command:
    argv:
      - python3
      - -c
      - "{{ lookup('ansible.builtin.file', inventory_dir ~ '/files/write_files.py') }}"
      - "{{ deploy_folder }}/monitoring"
      - "{{ 'check' if ansible_check_mode else 'write' }}"
    stdin: "{{ dict(paths | zip(texts)) | to_json }}"
    stdin_add_newline: false
  vars:
    paths: "{{ monitor_files.values() | flatten }}"
    sources: "{{ paths | map('regex_replace', '^', monitor_folder) }}"
    plain: "{{ query('ansible.builtin.file', *sources, rstrip=false) }}"
    texts: "{{ plain | map('replace', '${STAND_INS.alarm_topic_arn}', alarm_topic_arn | default('', true)) | map('replace', '${STAND_INS.region}', region | default('', true)) }}"
  changed_when: written.stdout | length > 0
  check_mode: false
  register: written
`;

/** The play of stop-all.yml for monitoring: before what it watches, so that nobody is woken by it. */
export const STOP_MONITORING = `
- name: Stop monitoring
  hosts: all
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [stop, monitoring]
${VARS}
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Stop each
      ansible.builtin.include_tasks: ../tasks/stop-component.yml
      loop: "{{ own }}"
      loop_control:
        loop_var: component
`;
