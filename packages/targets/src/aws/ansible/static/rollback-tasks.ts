/** Finds what ran before the last deploy. */
export const FIND_PREVIOUS = `# Sets "image_refs" and "rolled_back_from" (component -> image) for the services of this host that have something to go back to.
- name: Refuse a component that is none
  ansible.builtin.assert:
    that: component in components and components[component].data is none
    fail_msg: "component must be a service: {{ components | dict2items | selectattr('value.data', 'none') | map(attribute='key') | join(', ') }}"
    quiet: true
  when: component is defined
  run_once: true

- name: Read which images ran
  ansible.builtin.command:
    argv: [cat, "{{ deploy_folder }}/{{ item }}.json"]
  loop: "{{ own | selectattr('value.data', 'none') | map(attribute='key') }}"
  vars:
    own: "{{ components | dict2items | selectattr('value.host', 'eq', inventory_hostname) }}"
  changed_when: false
  failed_when: false
  check_mode: false
  register: records

- name: Name the last deploy of this host
  ansible.builtin.set_fact:
    histories: "{{ dict(found | map(attribute='item') | zip(found | map(attribute='stdout') | map('from_json'))) }}"
  vars:
    found: "{{ records.results | selectattr('rc', 'eq', 0) }}"

- name: Choose what goes back
  ansible.builtin.set_fact:
    image_refs: "{{ image_refs | default({}) | combine({item: histories[item][1].image}) }}"
    rolled_back_from: "{{ rolled_back_from | default({}) | combine({item: histories[item][0].image}) }}"
  vars:
    all_histories: "{{ ansible_play_hosts | map('extract', hostvars, 'histories') | map('dict2items') | flatten }}"
    last_deploy: "{{ all_histories | map(attribute='value') | map('first') | map(attribute='at') | max | default('') }}"
  loop: "{{ histories | list }}"
  when: histories[item] | length > 1 and (item == component if component is defined else histories[item][0].at == last_deploy)

- name: Refuse when there is nothing to go back to
  ansible.builtin.fail:
    msg: "Nothing goes back: the hosts have no previous image of {{ component | default('what the last deploy brought') }}"
  run_once: true
  when: ansible_play_hosts | map('extract', hostvars) | selectattr('rolled_back_from', 'defined') | length == 0
`;
