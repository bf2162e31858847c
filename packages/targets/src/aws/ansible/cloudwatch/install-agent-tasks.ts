/** Downloads the agent's package, checks that it is Amazon's, and installs it. */
export const INSTALL_AGENT = String.raw`---
# Installs Amazon's package of the CloudWatch agent, over HTTPS, after its signature was checked. Needs nothing that Ubuntu does not have.
- name: Make a place for the package
  ansible.builtin.file:
    path: "{{ agent_package_folder }}"
    state: directory
    owner: root
    group: root
    mode: "0700"

- name: Read the kind of processor
  ansible.builtin.command:
    argv: [dpkg, --print-architecture]
  changed_when: false
  register: processor

- name: Download the package, its signature and Amazon's key
  ansible.builtin.get_url:
    url: "{{ cloudwatch_agent_source }}/{{ item.value }}"
    dest: "{{ agent_package_folder }}/{{ item.key }}"
    owner: root
    group: root
    mode: "0600"
    force: true
    timeout: 60
  loop: "{{ {'agent.deb': package, 'agent.deb.sig': package ~ '.sig', 'key': 'assets/amazon-cloudwatch-agent.gpg'} | dict2items }}"
  loop_control:
    label: "{{ item.value }}"
  vars:
    package: "ubuntu/{{ processor.stdout }}/{{ cloudwatch_agent_version }}/amazon-cloudwatch-agent.deb"
  register: downloaded
  until: downloaded is succeeded
  retries: 3
  delay: 5

- name: Check the signature
  # gpgv is part of every Ubuntu, gpg is not: so the key is taken out of its armour by hand, and is told by its fingerprint.
  ansible.builtin.shell:
    cmd: |
      set -eu
      if grep -q '^-----BEGIN' key; then
        tr -d '\r' < key | sed -e '1,/^$/d' -e '/^[=-]/d' | base64 --decode > key.gpg
      else
        cp key key.gpg
      fi
      gpgv --status-fd 1 --keyring ./key.gpg agent.deb.sig agent.deb
    chdir: "{{ agent_package_folder }}"
  changed_when: false
  failed_when: false
  register: signature

- name: Refuse a package that Amazon did not sign
  ansible.builtin.fail:
    msg: >-
      The package from {{ cloudwatch_agent_source }} is not signed by the key {{ cloudwatch_agent_fingerprint }}, so it is not installed.
      Try again later; if it stays, tell AWS, or whoever mirrors it. gpgv said: {{ signature.stderr }}
  when: signature.rc != 0 or signature.stdout is not search('VALIDSIG .*' ~ cloudwatch_agent_fingerprint ~ '(\n|$)')

- name: Install the package
  # It depends on nothing, so there is nothing for apt to find.
  ansible.builtin.command:
    argv: [dpkg, --install, "{{ agent_package_folder }}/agent.deb"]
  changed_when: true

- name: Remove what was downloaded
  ansible.builtin.file:
    path: "{{ agent_package_folder }}"
    state: absent
`;
