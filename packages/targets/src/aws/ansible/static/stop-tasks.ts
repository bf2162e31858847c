export const STOP_COMPONENT = `# Stops the container of "component". It stays, with its data, and is started again by the next deploy.
- name: Look at the container
  ansible.builtin.command:
    argv: [docker, container, inspect, --format, "{{ container_format }}", "{{ component }}"]
  changed_when: false
  # Without Docker nothing runs.
  failed_when: container.rc != 0 and container.stderr | default(container.msg, true) is not search('No such (container|file)')
  check_mode: false
  register: container

- name: Stop the container
  # As long as its own stop timeout says: a database writes everything out.
  ansible.builtin.command:
    argv: [docker, container, stop, "{{ component }}"]
  changed_when: true
  when: container.rc == 0 and container.stdout.split()[0] in ['running', 'restarting', 'paused']
`;
