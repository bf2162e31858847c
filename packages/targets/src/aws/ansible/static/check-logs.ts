/** Prints what the containers said last. */
export const CHECK_LOGS = `---
# Prints the last lines of each container.
#   ansible-playbook playbooks/check-logs.yml -e lines=100 -e component=vote --limit frontend
- name: Check logs
  hosts: all
  become: true
  gather_facts: false
  tags: [logs]
  vars:
    lines: 20
    all_components: "{{ components | combine((monitors | default({}))[inventory_hostname] | default({})) }}"
    own: "{{ all_components | dict2items | selectattr('value.host', 'eq', inventory_hostname) | map(attribute='key') }}"
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Read the last lines
      ansible.builtin.shell:
        cmd: docker container logs --timestamps --tail {{ lines | int }} {{ item }} 2>&1
      loop: "{{ [component] | intersect(own) if component is defined else own }}"
      changed_when: false
      failed_when: false
      check_mode: false
      register: logs

    - name: Print them
      ansible.builtin.debug:
        msg: "{{ item.stdout_lines }}"
      loop: "{{ logs.results }}"
      loop_control:
        label: "{{ item.item }}"
`;
