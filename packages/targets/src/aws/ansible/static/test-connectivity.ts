/** Tries all that must be possible, and all that must not. */
export const TEST_CONNECTIVITY = `---
# Tries every link from the container that uses it, every port of each host from every other host, and every public service from here.
# Fails when one that must open does not, or one that must not does. The table is printed in any case.
- name: Test connectivity
  hosts: all
  become: true
  gather_facts: false
  tags: [test]
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Try its connections
      ansible.builtin.command:
        argv: [python3, "-", "{{ own | to_json }}"]
        stdin: "{{ lookup('ansible.builtin.file', inventory_dir ~ '/files/probe.py') }}"
      vars:
        own: >-
          [{% for each in connections if each.from == inventory_hostname -%}
          {{ each | combine({'address': hostvars[each.to].private_ip, 'container': each.as | default(none)}) | to_json }}{{ '' if loop.last else ',' }}
          {%- endfor %}]
      changed_when: false
      check_mode: false
      register: probed

    - name: Try the public services from here # noqa: run-once[task]
      ansible.builtin.uri:
        url: "{{ public_urls[item.service] }}{{ item.path }}"
        timeout: 10
      loop: "{{ public_services }}"
      loop_control:
        label: "{{ item.service }}"
      delegate_to: localhost
      become: false
      run_once: true
      changed_when: false
      failed_when: false
      check_mode: false
      register: visited
      until: visited.status | default(0) == 200 or ansible_check_mode
      retries: 5
      delay: 2

    - name: Gather what was found # noqa: run-once[task]
      ansible.builtin.set_fact:
        tried: "{{ ansible_play_hosts | map('extract', hostvars, ['probed', 'stdout']) | map('from_json') | flatten }}"
        visits: "{{ visited.results | default([]) }}"
      run_once: true

    - name: Compare it with what must be # noqa: run-once[task]
      ansible.builtin.set_fact:
        wrong: "{{ closed + open + unseen }}"
      vars:
        closed: "{{ tried | selectattr('open') | rejectattr('result', 'eq', 'open') }}"
        open: "{{ tried | rejectattr('open') | selectattr('result', 'eq', 'open') }}"
        unseen: "{{ visits | rejectattr('status', 'eq', 200) }}"
      run_once: true

    - name: Show it # noqa: run-once[task]
      ansible.builtin.debug:
        msg: "{{ lines }}"
      run_once: true
      vars:
        lines: |-
          [{% for each in tried -%}
          {{ (('! ' if each in wrong else '  ') ~ '%-34s %-26s %-5s %-10s %s' | format((each.as ~ ' on ' if each.as is defined else '') ~ each.from,
            each.to ~ ' ' ~ each.port, 'yes' if each.open else 'no', each.result, each.why)) | to_json }},
          {%- endfor -%}
          {%- for each in visits -%}
          {{ (('! ' if each in wrong else '  ') ~ '%-34s %-26s %-5s %-10s %s' | format('here', each.item.service, 'yes',
            each.status, each.url | default(''))) | to_json }},
          {%- endfor -%}]

    - name: Refuse what is not as it must be # noqa: run-once[task]
      ansible.builtin.fail:
        msg: "{{ wrong | length }} of {{ tried | length + visits | length }} connections are not as they must be: see the lines with ! above"
      run_once: true
      # In check mode what is tried may not be there yet.
      when: not ansible_check_mode and wrong | length > 0
`;
