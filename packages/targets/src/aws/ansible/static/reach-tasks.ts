/** Begins every play: nothing else is sent to a host before it and the bastion can be reached. */
export const REACH_HOST = `# The bastion first: a private host that is asked before the bastion's connection is there fails at random.
- name: Reach the hosts
  when: not (host_is_reached | default(false))
  tags: always
  block:
    - name: Wait for the bastion
      ansible.builtin.command:
        argv: [python3, "{{ inventory_dir }}/files/wait_for_ssh.py", "{{ ssh_config }}", "{{ bastion }}", "{{ reach_timeout_seconds }}"]
      delegate_to: localhost
      become: false
      run_once: true
      changed_when: false
      check_mode: false

    - name: Wait for the host
      ansible.builtin.command:
        argv: [python3, "{{ inventory_dir }}/files/wait_for_ssh.py", "{{ ssh_config }}", "{{ inventory_hostname }}", "{{ reach_timeout_seconds }}"]
      delegate_to: localhost
      become: false
      changed_when: false
      check_mode: false

    - name: Wait until the machine has set itself up
      # Exit code 2: done, with warnings. A machine without cloud-init has nothing to wait for.
      ansible.builtin.shell: "! command -v cloud-init > /dev/null || cloud-init status --wait"
      become: false
      changed_when: false
      check_mode: false
      register: cloud_init
      failed_when: cloud_init.rc not in [0, 2]

    - name: Note when this run began
      ansible.builtin.set_fact:
        run_id: "{{ now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ') }}"
      # The same for all hosts of the run.
      run_once: true
      when: run_id is not defined

    - name: Remember that it can be reached
      ansible.builtin.set_fact:
        host_is_reached: true
`;
