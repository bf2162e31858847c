import type { Plan } from "@groundplan/model";
import { logGroupsOf, reportingHosts } from "../../cloudwatch.js";
import { plainScalar } from "../plain-scalar.js";
import { AGENT_FOLDER, metricsOfHost, SCRAPE_FILE } from "./agent-config.js";

/** playbooks/setup-cloudwatch.yml */
export function setupCloudwatch(plan: Plan): string {
  const hosts = reportingHosts(plan);
  const scraping = hosts.filter((host) => metricsOfHost(plan, host).length > 0).map(({ name }) => plainScalar(name));
  return String.raw`---
# The CloudWatch agent on every host that can reach CloudWatch: figures for the alarms and the dashboard of terraform/monitoring.tf, and logs.
#   ansible-playbook playbooks/setup-cloudwatch.yml -e cloudwatch_agent_version=1.300049.1b929
- name: Set up CloudWatch
  hosts: [${hosts.map(({ name }) => plainScalar(name)).join(", ")}]
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [cloudwatch]
  vars:
    agent_ctl: /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
    agent_folder: ${AGENT_FOLDER}
    agent_package_folder: "{{ deploy_folder }}/cloudwatch-package"
    # What the agent was last told, once it was accepted.
    applied_file: "{{ deploy_folder }}/cloudwatch.applied"
    scraping_hosts: [${scraping.join(", ")}]
    needed_log_groups: [${Object.values(logGroupsOf(plan)).join(", ")}]
    config_text: "{{ lookup('ansible.builtin.file', inventory_dir ~ '/cloudwatch/' ~ inventory_hostname ~ '.json') }}"
    scrape_template: "{{ inventory_dir }}/cloudwatch/{{ inventory_hostname }}.scrape.yml.j2"
    scrape_text: "{{ lookup('ansible.builtin.template', scrape_template) if inventory_hostname in scraping_hosts else '' }}"
    config_hash: "{{ [config_text, scrape_text] | to_json | hash('sha256') }}"
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Need the log groups of Terraform # noqa: run-once[task]
      ansible.builtin.assert:
        that: needed_log_groups | difference(log_groups.values()) | length == 0
        fail_msg: >-
          The outputs of Terraform lack the log groups {{ needed_log_groups | difference(log_groups.values()) | join(', ') }}:
          run 'terraform apply', and write terraform-output.json anew
        quiet: true
      run_once: true

    - name: Look for the agent
      ansible.builtin.command:
        argv: [dpkg-query, --show, "--showformat=${"$"}{db:Status-Status} ${"$"}{Version}", amazon-cloudwatch-agent]
      changed_when: false
      failed_when: false
      check_mode: false
      register: agent_package

    - name: Compare it with what is wanted
      ansible.builtin.set_fact:
        agent_is_there: "{{ is_installed and cloudwatch_agent_version in ['latest', version, version.split('-')[0]] }}"
      vars:
        is_installed: "{{ agent_package.stdout.startswith('installed ') }}"
        version: "{{ agent_package.stdout.split(' ')[-1] }}"

    - name: Say that it would be installed
      ansible.builtin.debug:
        msg: "{{ inventory_hostname }} has no CloudWatch agent of this version ({{ cloudwatch_agent_version }}): it would be installed and set up there"
      changed_when: true
      when: ansible_check_mode and not agent_is_there

    - name: Make the folder of the deployment
      ansible.builtin.import_tasks: ../tasks/deploy-folder.yml

    - name: Install the agent
      ansible.builtin.include_tasks: ../tasks/install-cloudwatch-agent.yml
      when: not ansible_check_mode and not agent_is_there

    - name: Configure the agent
      when: agent_is_there or not ansible_check_mode
      block:
        - name: Write what it sends
          ansible.builtin.copy:
            src: "{{ inventory_dir }}/cloudwatch/{{ inventory_hostname }}.json"
            dest: "{{ agent_folder }}/groundplan.json"
            owner: root
            group: root
            mode: "0644"

        - name: Write what it reads of the services
          ansible.builtin.template:
            src: "{{ scrape_template }}"
            dest: "{{ agent_folder }}/${SCRAPE_FILE}"
            owner: root
            group: root
            mode: "0644"
          when: inventory_hostname in scraping_hosts

        - name: Read what it was last told
          ansible.builtin.command:
            argv: [cat, "{{ applied_file }}"]
          changed_when: false
          failed_when: false
          check_mode: false
          register: applied

        - name: Ask whether it runs
          ansible.builtin.command:
            argv: ["{{ agent_ctl }}", -a, status]
          changed_when: false
          check_mode: false
          register: agent_status

        - name: Tell the agent
          # It checks what it is told, starts anew, and starts with the machine from then on.
          ansible.builtin.command:
            argv: ["{{ agent_ctl }}", -a, fetch-config, -m, ec2, -s, -c, "file:{{ agent_folder }}/groundplan.json"]
          changed_when: true
          when: applied.stdout != config_hash or (agent_status.stdout | from_json).status != 'running'

        - name: Remember what it was told
          ansible.builtin.copy:
            content: "{{ config_hash }}\n"
            dest: "{{ applied_file }}"
            owner: root
            group: root
            mode: "0600"

    - name: Wait until the agent runs
      ansible.builtin.command:
        argv: ["{{ agent_ctl }}", -a, status]
      changed_when: false
      register: agent_status
      until: agent_status.rc == 0 and (agent_status.stdout | from_json).status == 'running'
      retries: 15
      delay: 2
      failed_when: false
      when: not ansible_check_mode

    - name: Read the last lines of its log
      ansible.builtin.command:
        argv: [tail, --lines=20, /opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log]
      changed_when: false
      failed_when: false
      register: agent_log
      when: not ansible_check_mode and (agent_status.stdout | from_json).status != 'running'

    - name: Refuse to go on without it
      ansible.builtin.fail:
        msg: "{{ ['The CloudWatch agent does not run. Its last lines:'] + agent_log.stdout_lines }}"
      when: agent_log.stdout_lines is defined
`;
}
