/** Docker on every host. */
export const INSTALL_DOCKER = String.raw`---
# Docker on every host: Ubuntu's own package, so that its updates come with those of the system. Nothing happens where it answers already.
- name: Install Docker
  hosts: all
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [docker]
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Look for Docker
      ansible.builtin.command:
        argv: [docker, version, --format, "{{ server_format }}"]
      changed_when: false
      failed_when: false
      check_mode: false
      register: docker_answer

    - name: Install it
      when: docker_answer.rc != 0
      block:
        - name: Get packages over HTTPS
          # The hosts may open connections to port 443 only; Ubuntu's usual mirrors answer on port 80 only.
          ansible.builtin.replace:
            path: /etc/apt/sources.list.d/ubuntu.sources
            regexp: 'http://\S*\.ubuntu\.com/ubuntu/?'
            replace: "{{ apt_mirror }}/"

        - name: Install the package
          # The lock: a new machine may still be looking for updates of its own.
          ansible.builtin.apt:
            name: docker.io
            update_cache: true
            install_recommends: false
            lock_timeout: 300

        - name: Wait until Docker answers
          ansible.builtin.command:
            argv: [docker, version, --format, "{{ server_format }}"]
          changed_when: false
          register: docker_answer_after
          until: docker_answer_after.rc == 0
          retries: 30
          delay: 2
`;
