/** Brings images to a host. */
export const DELIVER_IMAGES = `# Sees to it that the host has the images of the components in "wanted", and sets "image_refs": component -> what to run.
# What is built is told apart by its content and not by its tag: on the host it is called <name>:<first letters of its id>.
- name: Read the ids of the images on this machine
  ansible.builtin.command:
    argv: [docker, image, inspect, --format, "{{ id_format }}", "{{ components[item].image }}"]
  loop: "{{ wanted | intersect(copied_components) }}"
  delegate_to: localhost
  become: false
  changed_when: false
  failed_when: false
  check_mode: false
  register: local_images

- name: Refuse to begin without an image
  ansible.builtin.fail:
    msg: >-
      The image {{ components[item.item].image }} is not on this machine ({{ item.stderr | default(item.msg, true) | trim }}).
      {{ 'Build it' if components[item.item].built else 'Get it: docker pull ' ~ components[item.item].image }}, then run this again.
  loop: "{{ local_images.results | rejectattr('rc', 'eq', 0) }}"
  loop_control:
    label: "{{ item.item }}"

- name: Look for the images that the host pulls itself
  ansible.builtin.command:
    argv: [docker, image, inspect, --format, "{{ id_format }}", "{{ components[item].image }}"]
  loop: "{{ wanted | difference(copied_components) }}"
  changed_when: false
  failed_when: false
  check_mode: false
  register: present_images

- name: Pull images
  # A tag in a registry of one's own may have moved; a public image is named by its version.
  ansible.builtin.command:
    argv: [docker, image, pull, "{{ components[item.item].image }}"]
  loop: "{{ moving + missing }}"
  loop_control:
    label: "{{ components[item.item].image }}"
  vars:
    moving: "{{ present_images.results | selectattr('item', 'in', registry_components) }}"
    missing: "{{ present_images.results | rejectattr('item', 'in', registry_components) | rejectattr('rc', 'eq', 0) }}"
  register: pulled_images
  changed_when: "'Downloaded newer image' in pulled_images.stdout"
  retries: 3
  delay: 5
  until: pulled_images is succeeded

- name: Read the ids of what was pulled
  ansible.builtin.command:
    argv: [docker, image, inspect, --format, "{{ id_format }}", "{{ components[item].image }}"]
  loop: "{{ wanted | intersect(registry_components) }}"
  changed_when: false
  failed_when: not ansible_check_mode and registry_images.rc != 0
  check_mode: false
  register: registry_images

- name: Name what to run
  ansible.builtin.set_fact:
    image_refs: >-
      {{ image_refs | default({}) | combine({item: components[item].repository ~ ':' ~ ids[item].split(':')[-1][:12]
      if components[item].built and ids[item] | default('') else components[item].image}) }}
  vars:
    found: "{{ local_images.results + registry_images.results }}"
    ids: "{{ dict(found | map(attribute='item') | zip(found | map(attribute='stdout'))) }}"
  loop: "{{ wanted }}"

- name: Look which of them the host has
  ansible.builtin.command:
    argv: [docker, image, inspect, --format, "{{ id_format }}", "{{ image_refs[item] }}"]
  loop: "{{ wanted }}"
  changed_when: false
  failed_when: false
  check_mode: false
  register: host_images

- name: Copy the images that the host lacks
  # In one archive: layers that they share go over once. As bytes of their own, since a tag would be another image a moment later.
  ansible.builtin.shell:
    cmd: |
      set -euo pipefail
      {% for component in missing if components[component].built %}
      docker image tag {{ ids[component] | quote }} {{ image_refs[component] | quote }}
      {% endfor %}
      docker image save {{ missing | map('extract', image_refs) | map('quote') | join(' ') }} | gzip -1 |
        ssh -F {{ ssh_config | quote }} {{ inventory_hostname }} sudo docker image load
      {% for component in missing if components[component].built %}
      docker image rm --no-prune {{ image_refs[component] | quote }}
      {% endfor %}
    executable: /bin/bash
  vars:
    missing: "{{ host_images.results | rejectattr('rc', 'eq', 0) | map(attribute='item') | intersect(copied_components) }}"
    ids: "{{ dict(local_images.results | map(attribute='item') | zip(local_images.results | map(attribute='stdout'))) }}"
  delegate_to: localhost
  become: false
  changed_when: true
  when: missing | length > 0

- name: Name what was pulled by its content
  ansible.builtin.command:
    argv: [docker, image, tag, "{{ components[item.item].image }}", "{{ image_refs[item.item] }}"]
  loop: "{{ host_images.results | selectattr('item', 'in', registry_components) | rejectattr('rc', 'eq', 0) }}"
  loop_control:
    label: "{{ image_refs[item.item] }}"
  changed_when: true
`;

/** The images of all components of each host. */
export const DELIVER_IMAGES_PLAYBOOK = `---
# Brings the images of all its components to each host, in one archive where they come from this machine.
- name: Deliver the images
  hosts: all
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [images]
  vars:
    wanted: "{{ components | dict2items | selectattr('value.host', 'eq', inventory_hostname) | map(attribute='key') }}"
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Need Docker
      ansible.builtin.import_tasks: ../tasks/need-docker.yml

    - name: Deliver what is missing
      ansible.builtin.include_tasks: ../tasks/deliver-images.yml
      when: docker_answers
`;
